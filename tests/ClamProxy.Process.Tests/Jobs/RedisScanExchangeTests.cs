using System.Globalization;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Jobs.Redis;
using ClamProxy.Core.Tests.Jobs.Conformance;
using ClamProxy.Process.Tests.Redis;

namespace ClamProxy.Process.Tests.Jobs;

/// <summary>
/// What doors and workers tell each other in one real Redis, whose own clock ends what is over its life: tests shorten what is left of it.
/// </summary>
public sealed class RedisScanExchangeTests(RedisServer redis) : ScanExchangeConformance, IClassFixture<RedisServer>
{
    private readonly RedisJobs _jobs = new(redis);

    public override ValueTask DisposeAsync() => _jobs.DisposeAsync();

    private protected override async Task<IScanExchange> OpenAsync() => new RedisScanExchange(await _jobs.OpenAsync(), Clock);

    private protected override async Task PassAsync(TimeSpan by)
    {
        Clock.Advance(by);
        var keys = (await redis.Servers.AskAsync("KEYS", "*"))!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var key in keys)
        {
            var left = long.Parse((await redis.Servers.AskAsync("PTTL", key))!.TrimStart(':'), CultureInfo.InvariantCulture);
            if (left >= 0)
            {
                await redis.Servers.AskAsync("PEXPIRE", key, $"{left - (long)by.TotalMilliseconds}");
            }
        }
    }
}
