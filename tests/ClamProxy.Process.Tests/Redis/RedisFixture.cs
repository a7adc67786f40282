using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>Servers that all tests of a class share.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    public RedisProcess Servers { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Servers = await RedisProcess.StartAsync();

    public ValueTask DisposeAsync() => Servers.DisposeAsync();
}
