using System.Text;
using System.Text.RegularExpressions;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>Several Redis servers as the source of events: a primary that is lost takes no message with it.</summary>
public sealed partial class RedisLostPrimaryTests : IDisposable
{
    private const string Key = "events";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly RedisEventKeys Keys = new(Key, "uploads");

    private readonly RedisEventOpener _opener = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _opener.Dispose();

    [Fact]
    public async Task PrimaryOfSentinelsIsLost_MessagesOfAStreamComeFromTheNext()
    {
        await using var redis = await RedisSentinels.StartAsync();
        await LoseAsync(redis, await redis.PrimaryAsync(), isList: false);
    }

    [Fact]
    public async Task PrimaryOfClusterIsLost_MessagesOfAListComeFromTheNext()
    {
        await using var redis = await RedisCluster.StartAsync();
        await LoseAsync(redis, await redis.PrimaryOfAsync(Key), isList: true);
    }

    private async Task LoseAsync(IRedisServers redis, RedisProcess primary, bool isList)
    {
        await using var one = Open();
        await using var other = Open();
        await SendAsync(redis, isList, "taken");
        await SendAsync(redis, isList, "waits");
        Assert.Equal("taken", Text(await TakeAsync(one)));
        await ReplicatedAsync(primary);

        await primary.KillAsync();

        // A message comes again where its completion was lost: what counts is that each came, and is gone then.
        var done = new SortedSet<string>(StringComparer.Ordinal);
        while (done.Count < 2)
        {
            var message = await TakeAsync(other);
            done.Add(Text(message));
            await AskAsync(() => other.CompleteAsync(message, Cancelled));
        }

        Assert.Equal(["taken", "waits"], done);
        Assert.Equal(":0", await redis.AskAsync(isList ? "LLEN" : "XLEN", Key));
        await SendAsync(redis, isList, "next");
        Assert.Equal("next", Text(await TakeAsync(one)));

        RedisEvents Open() => _opener.Open(redis.Url, Keys, isList, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));
    }

    private static Task<string?> SendAsync(IRedisServers redis, bool isList, string body) =>
        isList ? redis.AskAsync("RPUSH", Key, body) : redis.AskAsync("XADD", Key, "*", "event", body);

    private static async Task<TakenMessage> TakeAsync(RedisEvents source)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Limit);
        TakenMessage? taken = null;
        while (taken is null)
        {
            await AskAsync(async () => taken = await source.TakeAsync(limit.Token));
        }

        return taken;
    }

    /// <summary>Asks as workers do: while no server answers, again.</summary>
    private static async Task AskAsync(Func<Task> ask)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Limit);
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (EventSourceException)
            {
                await Task.Delay(100, limit.Token);
            }
        }
    }

    /// <summary>Waits until a replica has all that the primary has: what it has not is lost with it.</summary>
    private static Task ReplicatedAsync(RedisProcess primary) => FlowRig.UntilAsync(async () =>
    {
        var info = (await primary.AskAsync("INFO", "replication"))!;
        var all = Offset().Match(info).Groups[1].Value;
        return Replicas().Matches(info) is { Count: > 0 } replicas && replicas.All(replica => replica.Groups[1].Value == all);
    });

    private static string Text(TakenMessage taken) => Encoding.UTF8.GetString(taken.Body.Span);

    [GeneratedRegex(@"master_repl_offset:(\d+)")]
    private static partial Regex Offset();

    [GeneratedRegex(@"^slave\d+:.*offset=(\d+)", RegexOptions.Multiline)]
    private static partial Regex Replicas();
}
