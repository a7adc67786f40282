namespace ClamProxy.Warming;

/// <summary>
/// What a build fetches by other ways than HTTP, so that ClamProxy cannot scan it: it is reported, and never counts as clean.
/// </summary>
/// <param name="Why">One short sentence.</param>
internal sealed record UnsupportedEntry(string Name, string Why) : WarmEntry(Name);
