using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>One moto that all tests of a class share.</summary>
public sealed class MotoFixture : IAsyncLifetime
{
    public MotoServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await MotoServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
