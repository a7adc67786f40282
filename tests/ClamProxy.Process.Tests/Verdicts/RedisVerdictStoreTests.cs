using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Verdicts;

/// <summary>The conformance suite against one redis-server.</summary>
public sealed class RedisVerdictStoreTests(RedisFixture redis) : RedisVerdictStoreConformance, IClassFixture<RedisFixture>
{
    protected override IRedisServers Redis => redis.Servers;
}
