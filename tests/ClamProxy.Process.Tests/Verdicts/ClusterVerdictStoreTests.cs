using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Verdicts;

/// <summary>The conformance suite against a Redis Cluster.</summary>
public sealed class ClusterVerdictStoreTests(ClusterFixture redis) : RedisVerdictStoreConformance, IClassFixture<ClusterFixture>
{
    protected override IRedisServers Redis => redis.Servers;
}
