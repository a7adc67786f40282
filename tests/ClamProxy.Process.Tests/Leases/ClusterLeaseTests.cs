using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Leases;

/// <summary>Leases in a Redis Cluster.</summary>
public sealed class ClusterLeaseTests(ClusterFixture redis) : RedisLeaseConformance, IClassFixture<ClusterFixture>
{
    protected override IRedisServers Redis => redis.Servers;
}
