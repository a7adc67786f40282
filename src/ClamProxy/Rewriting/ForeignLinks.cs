namespace ClamProxy.Rewriting;

/// <summary>
/// What to do with a text that links to package files on hosts that no rule rewrites: clients fetch those past the scanner.
/// </summary>
public enum ForeignLinks
{
    /// <summary>It is delivered, and texts of a route without rules are not searched.</summary>
    Allow = 0,

    /// <summary>It is delivered; log, metrics and /readyz say so.</summary>
    Warn,

    /// <summary>It is refused.</summary>
    Refuse,
}
