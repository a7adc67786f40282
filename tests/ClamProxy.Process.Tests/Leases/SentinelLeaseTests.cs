using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Leases;

/// <summary>Leases in a primary that Sentinels watch.</summary>
public sealed class SentinelLeaseTests(SentinelFixture redis) : RedisLeaseConformance, IClassFixture<SentinelFixture>
{
    protected override IRedisServers Redis => redis.Servers;
}
