namespace ClamProxy.Process.Tests.Buckets;

/// <summary>Classes of tests that share one <see cref="EventWorld"/>, one after the other.</summary>
[CollectionDefinition]
public sealed class EventTurns : ICollectionFixture<EventWorld>;
