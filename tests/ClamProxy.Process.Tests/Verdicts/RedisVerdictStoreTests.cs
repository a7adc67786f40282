using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Verdicts;

/// <summary>The conformance suite against one Redis, in a container where one can be run.</summary>
public sealed class RedisVerdictStoreTests : RedisVerdictStoreConformance, IClassFixture<RedisServer>
{
    private readonly RedisServer _redis;

    public RedisVerdictStoreTests(RedisServer redis, ITestOutputHelper output)
    {
        _redis = redis;
        output.WriteLine($"Redis is {redis.Kind}");
    }

    protected override IRedisServers Redis => _redis.Servers;
}
