using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Leases;

/// <summary>Leases in one redis-server.</summary>
public sealed class RedisLeaseTests(RedisFixture redis) : RedisLeaseConformance, IClassFixture<RedisFixture>
{
    protected override IRedisServers Redis => redis.Servers;

    [Fact(Timeout = Patience)]
    public async Task Held_RedisHoldsNothingButHashesAndTokens()
    {
        await using var lease = await TakeAsync(One);
        Assert.Matches("^[0-9]+:[0-9a-f]{32}$", await Redis.AskAsync("GET", LeaseKey));
        Assert.Equal(":3", await Redis.AskAsync("DBSIZE"));
        await lease.DisposeAsync();
        Assert.Equal(":1", await Redis.AskAsync("DBSIZE"));
    }
}
