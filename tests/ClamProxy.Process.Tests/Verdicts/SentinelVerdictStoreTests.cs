using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Verdicts;

/// <summary>The conformance suite against a primary that Sentinels watch.</summary>
public sealed class SentinelVerdictStoreTests(SentinelFixture redis) : RedisVerdictStoreConformance, IClassFixture<SentinelFixture>
{
    protected override IRedisServers Redis => redis.Servers;
}
