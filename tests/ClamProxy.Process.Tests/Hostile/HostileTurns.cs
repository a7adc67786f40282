namespace ClamProxy.Process.Tests.Hostile;

/// <summary>The attacks, one after the other: one clamd does for all.</summary>
[CollectionDefinition]
public sealed class HostileTurns : ICollectionFixture<HostileClamd>;
