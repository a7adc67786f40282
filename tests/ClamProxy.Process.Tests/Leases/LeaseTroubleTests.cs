using ClamProxy.Core.Leases;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Leases;

/// <summary>
/// A Redis that is frozen, killed, restarted empty, full or forbids scripts: each process flies for itself, and nobody waits.
/// </summary>
public sealed class LeaseTroubleTests
{
    private const int Patience = 60_000;

    private static readonly string LeaseKey = "clamproxy:v1:lease:" + Records.Url.Text[^64..];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // A busy machine may take longer than the default deadline, which is not what is tested here.
    private static RedisOptions Quick => new()
    {
        RedisTimeout = TimeSpan.FromSeconds(10),
        BreakerRest = TimeSpan.FromMilliseconds(100),
        BreakerRestMax = TimeSpan.FromMilliseconds(500),
    };

    [Fact(Timeout = Patience)]
    public async Task Frozen_IsAloneAtTheDeadlineAndOnceLeftAloneAtOnce()
    {
        var time = FakeClock.Create();
        await using var redis = await RedisProcess.StartAsync();
        using var test = new RedisUnderTest(redis.Url, new RedisOptions { BreakerFailures = 2 }, time);
        await test.ConnectedAsync();
        redis.Freeze();
        var take = test.Leases.TryTakeAsync(Records.Url, Cancellation).AsTask();
        var wait = test.Leases.WaitAsync(Records.Url, Cancellation).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(take.IsCompleted || wait.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(LeaseOutcome.Alone, (await take).Outcome);
        Assert.False(await wait);
        Assert.True(test.Leases.TryTakeAsync(Records.Url, Cancellation).AsTask().IsCompleted);
        Assert.True(test.Leases.WaitAsync(Records.Url, Cancellation).AsTask().IsCompleted);
    }

    [Theory(Timeout = Patience)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GrantedAfterTheAskerLeft_IsGivenBackAtOnce(bool isCancelled)
    {
        await using var redis = await RedisProcess.StartAsync();
        var options = Quick;
        options.RedisTimeout = TimeSpan.FromSeconds(isCancelled ? 10 : 1);
        using var test = new RedisUnderTest(redis.Url, options, leases: new LeaseOptions { LeaseTime = TimeSpan.FromHours(1) });
        await test.ConnectedAsync();
        redis.Freeze();
        using var leaving = new CancellationTokenSource();
        var take = test.Leases.TryTakeAsync(Records.Url, leaving.Token).AsTask();
        if (isCancelled)
        {
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => take);
        }

        if (!isCancelled)
        {
            Assert.Equal(LeaseOutcome.Alone, (await take).Outcome);
        }

        redis.Thaw();
        await test.UntilAsync(async () => await redis.AskAsync("GET", "clamproxy:v1:lease-tokens") is "1");
        await test.UntilAsync(async () => await redis.AskAsync("GET", LeaseKey) is null);
    }

    [Fact(Timeout = Patience)]
    public async Task KilledWhileHeld_WaitersGoOnAndTheHolderEndsQuietly()
    {
        var time = FakeClock.Create();
        await using var redis = await RedisProcess.StartAsync();
        using var holder = new RedisUnderTest(redis.Url, Quick, time);
        using var waiter = new RedisUnderTest(redis.Url, Quick);
        await holder.ConnectedAsync();
        await waiter.ConnectedAsync();
        var lease = (await holder.Leases.TryTakeAsync(Records.Url, Cancellation)).Lease!;
        var wait = waiter.Leases.WaitAsync(Records.Url, Cancellation).AsTask();
        await redis.KillAsync();
        Assert.False(await wait);
        Assert.Equal(LeaseOutcome.Alone, (await waiter.Leases.TryTakeAsync(Records.Url, Cancellation)).Outcome);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(lease.IsLost);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(lease.IsLost);
        await lease.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task RestartedEmpty_TheSameTokenAgainIsAnotherFence()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var one = new RedisUnderTest(redis.Url, Quick);
        using var two = new RedisUnderTest(redis.Url, Quick);
        await one.ConnectedAsync();
        await using var old = (await one.Leases.TryTakeAsync(Records.Url, Cancellation)).Lease!;
        await redis.KillAsync();
        await redis.RestartAsync();
        await two.ConnectedAsync();
        await one.ConnectedAsync();
        await using var successor = (await two.Leases.TryTakeAsync(Records.Url, Cancellation)).Lease!;
        Assert.Equal(old.Fence.Token, successor.Fence.Token);
        await one.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, old.Fence, Cancellation);
        Assert.Null(await two.Store.FindUrlAsync(Records.Url, Cancellation));
    }

    [Fact(Timeout = Patience)]
    public async Task SomethingElseUnderTheCounter_IsAlone()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var test = new RedisUnderTest(redis.Url, Quick);
        await test.ConnectedAsync();
        await redis.AskAsync("LPUSH", "clamproxy:v1:lease-tokens", "x");
        Assert.Equal(LeaseOutcome.Alone, (await test.Leases.TryTakeAsync(Records.Url, Cancellation)).Outcome);
        Assert.True(test.Store.State.IsAvailable);
    }

    [Theory(Timeout = Patience)]
    [InlineData("--rename-command", "EVAL", "")]
    [InlineData("--maxmemory", "1", "--maxmemory-policy", "noeviction")]
    public async Task RedisRefusesLeases_VerdictsAreStillAskedFor(params string[] settings)
    {
        await using var redis = await RedisProcess.StartAsync(null, settings);
        using var test = new RedisUnderTest(redis.Url, Quick);
        await test.ConnectedAsync();
        for (var flight = 0; flight < 20; flight++)
        {
            Assert.Equal(LeaseOutcome.Alone, (await test.Leases.TryTakeAsync(Records.Url, Cancellation)).Outcome);
        }

        Assert.True(test.Store.State.IsAvailable);
        Assert.Equal(0, test.Meters.Gauge("clamproxy.verdicts.breaker.open"));
        Assert.Single(test.Log.Split('\n'), line => line.StartsWith("Warning 2005 Redis failed at TakeLease: ", StringComparison.Ordinal));
    }
}
