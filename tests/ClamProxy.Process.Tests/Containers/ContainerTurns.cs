namespace ClamProxy.Process.Tests.Containers;

/// <summary>Tests that run containers, one after the other: one engine and one build of the image do for all.</summary>
[CollectionDefinition]
public sealed class ContainerTurns : ICollectionFixture<ContainerWorld>;
