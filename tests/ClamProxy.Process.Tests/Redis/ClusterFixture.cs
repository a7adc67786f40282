using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>Servers that all tests of a class share.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    public RedisCluster Servers { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Servers = await RedisCluster.StartAsync();

    public ValueTask DisposeAsync() => Servers.DisposeAsync();
}
