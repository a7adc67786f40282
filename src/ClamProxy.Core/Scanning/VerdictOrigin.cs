namespace ClamProxy.Core.Scanning;

/// <summary>How a verdict was come by.</summary>
public enum VerdictOrigin
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>The content was scanned for this request.</summary>
    Scanned,

    /// <summary>The same content was being scanned for another request, whose verdict this is.</summary>
    Shared,

    /// <summary>An earlier scan gave it, or one of another process.</summary>
    Known,
}
