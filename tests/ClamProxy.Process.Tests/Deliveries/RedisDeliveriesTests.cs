using ClamProxy.Process.Tests.Redis;

namespace ClamProxy.Process.Tests.Deliveries;

/// <summary>The record in one Redis.</summary>
public sealed class RedisDeliveriesTests(RedisFixture redis) : RedisRecordTests(redis.Servers.Url), IClassFixture<RedisFixture>
{
    private protected override Task EmptyAsync() => redis.Servers.EmptyAsync();
}
