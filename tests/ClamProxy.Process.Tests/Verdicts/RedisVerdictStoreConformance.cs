using System.Globalization;
using System.Text;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;
using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Verdicts;

/// <summary>The conformance suite against real Redis servers.</summary>
public abstract class RedisVerdictStoreConformance : VerdictStoreConformance
{
    private RedisUnderTest? _underTest;

    protected abstract IRedisServers Redis { get; }

    public override ValueTask DisposeAsync()
    {
        _underTest?.Dispose();
        GC.SuppressFinalize(this);
        return default;
    }

    [Fact]
    public async Task Saved_TheServerCountsDownTheWholeSecondsOfTheTimeToLive()
    {
        await Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, default);
        await Store.SaveContentAsync(Records.Content, Records.Clean, default);
        foreach (var key in new[] { Records.Url.Text, Records.Content.Text })
        {
            var left = int.Parse((await Redis.AskAsync("TTL", key))!.AsSpan(1), CultureInfo.InvariantCulture);
            Assert.InRange(left, 86_390, 86_400);
        }
    }

    [Fact]
    public async Task AnotherTypeUnderTheKey_IsNotFoundAndDoesNotHurt()
    {
        await Redis.AskAsync("LPUSH", Records.Url.Text, "x");
        for (var i = 0; i < 20; i++)
        {
            Assert.Null(await Store.FindUrlAsync(Records.Url, default));
        }

        Assert.True(Store.State.IsAvailable);
        await Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, default);
        Assert.Equal(Records.CleanUrl, await Store.FindUrlAsync(Records.Url, default));
    }

    protected override async ValueTask<IVerdictStore> StartAsync()
    {
        await Redis.EmptyAsync();
        _underTest = new RedisUnderTest(
            Redis.Url,
            new RedisOptions { RedisTimeout = TimeSpan.FromSeconds(10) },
            verdicts: new VerdictOptions { CacheTtl = TimeToLive });
        await _underTest.ConnectedAsync();
        return _underTest.Store;
    }

    // The server has a clock of its own: what is left of each life is shortened instead.
    protected override async Task PassAsync(TimeSpan time)
    {
        foreach (var key in new[] { Records.Url.Text, Records.Content.Text })
        {
            var left = long.Parse((await Redis.AskAsync("PTTL", key))!.AsSpan(1), CultureInfo.InvariantCulture);
            if (left > 0)
            {
                await Redis.AskAsync("PEXPIRE", key, (left - (long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    protected override Task PlantAsync(string key, byte[] value) => Redis.AskAsync("SET", key, Encoding.UTF8.GetString(value));

    protected override Task<string?> RawAsync(string key) => Redis.AskAsync("GET", key);
}
