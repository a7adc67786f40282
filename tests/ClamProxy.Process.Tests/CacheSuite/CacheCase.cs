namespace ClamProxy.Process.Tests.CacheSuite;

/// <summary>What became of one test of the suite.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Suite">The group that it is in.</param>
/// <param name="Kind">required: a cache must pass it; optimal: a good one does; check: what a cache does is its own affair.</param>
/// <param name="Outcome">pass, fail; setup: what it begins with did not come about; dependency: a test that it builds on did not
/// pass.</param>
/// <param name="Detail">What was seen; empty when it passed.</param>
internal sealed record CacheCase(string Id, string Suite, string Kind, string Outcome, string Detail);
