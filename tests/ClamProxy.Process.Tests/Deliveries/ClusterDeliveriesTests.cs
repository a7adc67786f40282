using ClamProxy.Process.Tests.Redis;

namespace ClamProxy.Process.Tests.Deliveries;

/// <summary>The record in a Redis Cluster: its shares are on several nodes.</summary>
public sealed class ClusterDeliveriesTests(ClusterFixture redis) : RedisRecordTests(redis.Servers.Url), IClassFixture<ClusterFixture>
{
    private protected override Task EmptyAsync() => redis.Servers.EmptyAsync();
}
