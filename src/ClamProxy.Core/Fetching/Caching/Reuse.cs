namespace ClamProxy.Core.Fetching.Caching;

/// <summary>What may be done with a stored answer at one moment for one request.</summary>
/// <param name="IsFresh">It may be given without asking upstream.</param>
/// <param name="MayServeWhileAsking">It is stale, and may be given while upstream is asked (RFC 5861 §3).</param>
/// <param name="MayStandIn">It may be given where upstream fails (RFC 9111 §4.2.4, RFC 5861 §4).</param>
/// <param name="Age">How old it is.</param>
/// <param name="TimeToLive">How long it is fresh yet; below zero: how long it has been stale.</param>
internal readonly record struct Reuse(bool IsFresh, bool MayServeWhileAsking, bool MayStandIn, TimeSpan Age, TimeSpan TimeToLive);
