using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using ClamProxy.Process.Tests.Proxy;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>
/// The primary is lost while clients ask: no request fails, verdicts are found again within seconds, and /readyz tells the truth meanwhile.
/// </summary>
public sealed class RedisFailoverTests(ITestOutputHelper output)
{
    private const int Some = 40;
    private const int Short = 100;

    /// <summary>New files: beside the other tests, one takes up to a second.</summary>
    private const int MostTried = 100;

    /// <summary>The servers that find a new primary need computing time too.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PrimaryOfSentinelsLost_NoRequestFailsAndVerdictsAreFoundAgain(bool isFrozen)
    {
        await using var redis = await RedisSentinels.StartAsync();
        await LoseAsync(redis, redis.All[0], redis.SettledAsync, isFrozen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PrimaryOfClusterLost_NoRequestFailsAndVerdictsAreFoundAgain(bool isFrozen)
    {
        await using var redis = await RedisCluster.StartAsync();
        await LoseAsync(redis, redis.All[0], redis.SettledAsync, isFrozen);
    }

    private async Task LoseAsync(IRedisServers redis, RedisProcess primary, Func<Task> settledAsync, bool isFrozen)
    {
        var scanned = new ConcurrentQueue<string>();
        await using var clamd = FakeClamd.OnTcp();
        clamd.OnContent = (connection, content) =>
        {
            if (content.Length < Short)
            {
                scanned.Enqueue(Encoding.ASCII.GetString(content));
            }

            return connection.ReplyAsync(
                content.AsSpan().IndexOf(Eicar.Bytes) >= 0 ? "stream: Eicar-Test-Signature FOUND\0" : "stream: OK\0");
        };
        await using var library = await Library.OpenAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["REDIS_URL"] = redis.Url,
        });
        var readiness = new ReadinessWatch(proxy);
        await readiness.UntilAsync(isAvailable: true);
        using var load = new Load(proxy, library, Pause);
        load.Start();
        await load.MoreRightOnesAsync(Some);

        var lost = Stopwatch.StartNew();
        await LoseAsync(primary, isFrozen);
        var (told, problem) = await readiness.UntilAsync(isAvailable: false);
        var (available, _) = await readiness.UntilAsync(isAvailable: true);
        await FoundAgainAsync(proxy, library, scanned);
        output.WriteLine($"told after {told}: {problem}; available {available} later; verdicts found after {lost.Elapsed}");
        await load.MoreRightOnesAsync(Some);

        await BringBackAsync(primary, isFrozen);
        await settledAsync();
        await load.MoreRightOnesAsync(Some);
        await readiness.UntilAsync(isAvailable: true);
        await FoundAgainAsync(proxy, library, scanned);
        await load.StopAsync();
        Assert.True(load.Errors == 0, load.ErrorsInWords);
    }

    private static async Task LoseAsync(RedisProcess primary, bool isFrozen)
    {
        if (isFrozen)
        {
            primary.Freeze();
        }
        else
        {
            await primary.KillAsync();
        }
    }

    private static async Task BringBackAsync(RedisProcess primary, bool isFrozen)
    {
        if (isFrozen)
        {
            primary.Thaw();
        }
        else
        {
            await primary.RestartAsync();
        }
    }

    /// <summary>
    /// Asks for new files, each twice at least, until so many in a row were scanned once: in a Cluster they are spread over all primaries.
    /// A record is saved behind its answer.
    /// </summary>
    private static async Task FoundAgainAsync(ProxyProcess proxy, Library library, ConcurrentQueue<string> scanned)
    {
        for (var (inARow, tried) = (0, 0); inARow < 12; tried++)
        {
            Assert.True(tried < MostTried, $"verdicts are not found again\n{proxy.Log}");
            var path = $"/new-{Guid.NewGuid():N}";
            library.Origin.On(path, Encoding.ASCII.GetBytes(path));
            var (asked, isFound) = (0, false);
            while (asked < 4 && !isFound)
            {
                using var answer = await proxy.GetAsync(path, library.Origin.Url, cacheScan: true);
                Assert.Equal(200, (int)answer.StatusCode);
                isFound = scanned.Count(content => content == path) < ++asked;
            }

            inARow = isFound ? inARow + 1 : 0;
        }
    }
}
