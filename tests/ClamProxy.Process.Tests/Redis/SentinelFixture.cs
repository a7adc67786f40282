using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>Servers that all tests of a class share.</summary>
public sealed class SentinelFixture : IAsyncLifetime
{
    public RedisSentinels Servers { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Servers = await RedisSentinels.StartAsync();

    public ValueTask DisposeAsync() => Servers.DisposeAsync();
}
