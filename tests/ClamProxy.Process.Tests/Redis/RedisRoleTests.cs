using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>A server that answers but may not do what is asked: its connections stay, and it is not available for all that.</summary>
public sealed class RedisRoleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static RedisOptions Quick => new()
    {
        RedisTimeout = TimeSpan.FromSeconds(2),
        BreakerRest = TimeSpan.FromMilliseconds(100),
        BreakerRestMax = TimeSpan.FromMilliseconds(500),
    };

    [Theory]
    [InlineData("READONLY")]
    [InlineData("MASTERDOWN")]
    public async Task ServerBecomesAReplica_IsNotAvailableUntilItIsAPrimaryAgain(string refusal)
    {
        await using var redis = await RedisProcess.StartAsync(
            null, "--replica-serve-stale-data", refusal == "READONLY" ? "yes" : "no");
        using var test = new RedisUnderTest(redis.Url, Quick);
        await test.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(test);

        await redis.AskAsync("REPLICAOF", "127.0.0.1", "1");
        await SaveUntilAsync(test, () => test.Log.Contains(refusal, StringComparison.Ordinal) && !test.Store.State.IsAvailable);
        for (var again = 0; again < 20; again++)
        {
            await test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
            Assert.False(test.Store.State.IsAvailable, test.Log);
        }

        await redis.AskAsync("REPLICAOF", "NO", "ONE");
        await test.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(test);
    }

    [Fact]
    public async Task AnotherServerAtTheSameName_IsFollowedThoughTheOldConnectionsStay()
    {
        await using var old = await RedisProcess.StartAsync();
        await using var promoted = await RedisProcess.StartAsync();
        await using var relay = new FlakyRelay(old.Port);
        using var test = new RedisUnderTest($"redis://127.0.0.1:{relay.Port}", Quick);
        await test.ConnectedAsync();

        relay.Target = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, promoted.Port);
        await old.AskAsync("REPLICAOF", "127.0.0.1", $"{promoted.Port}");

        await SaveUntilAsync(test, () => test.Log.Contains("READONLY", StringComparison.Ordinal));
        await test.UntilAsync(async () =>
        {
            await test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
            return await promoted.AskAsync("GET", Records.Url.Text) is not null && test.Store.State.IsAvailable;
        });
    }

    [Fact]
    public async Task ServerThatLoads_IsNotAvailableUntilItHasLoaded()
    {
        await using var redis = await RedisProcess.StartAsync(
            null, "--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024");
        using var test = new RedisUnderTest(redis.Url, Quick);
        await test.ConnectedAsync();
        await redis.AskAsync("EVAL", "for i = 1, 1500 do redis.call('SET', 'key' .. i, string.rep('a', 100)) end", "0");
        await redis.AskAsync("SAVE");

        var restart = redis.RestartAsync();
        await SaveUntilAsync(test, () => test.Log.Contains("LOADING", StringComparison.Ordinal) && !test.Store.State.IsAvailable);
        await restart;

        await test.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(test);
    }

    [Fact]
    public async Task ClusterOfOneNode_WorksAndTellsOfSlotsThatAreNotServed()
    {
        using var folder = new TempFolder();
        await using var redis = await RedisProcess.StartAsync(
            null, "--cluster-enabled", "yes", "--cluster-config-file", folder.File("nodes.conf"), "--cluster-port", $"{FreePort.Next()}");
        Assert.Equal("+OK", await redis.AskAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383"));
        using var test = new RedisUnderTest($"redis+cluster://127.0.0.1:{redis.Port}", Quick);
        await test.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(test);
        var lease = (await test.Leases.TryTakeAsync(Records.Url, Cancellation)).Lease;
        Assert.True(lease is not null, test.Log);
        await test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, lease.Fence, Cancellation);
        await lease.DisposeAsync();
        Assert.DoesNotContain("CROSSSLOT", test.Log, StringComparison.Ordinal);

        Assert.Equal("+OK", await redis.AskAsync("CLUSTER", "DELSLOTSRANGE", "0", "16383"));
        await SaveUntilAsync(test, () => test.Log.Contains("CLUSTERDOWN", StringComparison.Ordinal) && !test.Store.State.IsAvailable);

        Assert.Equal("+OK", await redis.AskAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383"));
        await test.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(test);
    }

    private static Task SaveUntilAsync(RedisUnderTest test, Func<bool> isSo) => test.UntilAsync(async () =>
    {
        await test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
        return isSo();
    });
}
