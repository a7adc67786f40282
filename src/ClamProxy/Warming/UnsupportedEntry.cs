namespace ClamProxy.Warming;

/// <summary>What a build fetches by other ways than HTTP, so that ClamProxy cannot scan it: it is told of, and never passes for clean.</summary>
/// <param name="Why">One short sentence.</param>
internal sealed record UnsupportedEntry(string Name, string Why) : WarmEntry(Name);
