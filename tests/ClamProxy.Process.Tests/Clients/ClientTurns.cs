namespace ClamProxy.Process.Tests.Clients;

/// <summary>The package clients, one after the other: they are heavy, and one clamd does for all.</summary>
[CollectionDefinition]
public sealed class ClientTurns : ICollectionFixture<ClientClamd>;
