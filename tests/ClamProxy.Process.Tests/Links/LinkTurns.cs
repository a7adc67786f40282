using ClamProxy.Process.Tests.Clients;

namespace ClamProxy.Process.Tests.Links;

/// <summary>The clients that follow links, one after the other as <see cref="ClientTurns"/>, and beside those.</summary>
[CollectionDefinition]
public sealed class LinkTurns : ICollectionFixture<ClientClamd>;
