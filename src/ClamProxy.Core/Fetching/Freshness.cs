namespace ClamProxy.Core.Fetching;

/// <summary>How long the stored answer of an URL that may change counts (decision 0031).</summary>
/// <param name="FreshFor">Time since upstream last confirmed it for which it is given without asking upstream.</param>
/// <param name="StaleIfError">Time since then for which it is given where upstream fails.</param>
public sealed record Freshness(TimeSpan FreshFor, TimeSpan StaleIfError);
