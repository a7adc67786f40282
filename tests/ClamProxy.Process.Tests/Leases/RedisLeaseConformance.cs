using System.Globalization;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;
using ClamProxy.Process.Tests.Redis;
using ClamProxy.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Process.Tests.Leases;

/// <summary>Leases of two instances that share real Redis servers. The clock of the one under test stands still unless it is moved: so does
/// a process that was stopped.</summary>
public abstract class RedisLeaseConformance : IAsyncLifetime
{
    protected const int Patience = 60_000;

    private static readonly UrlRecord News = Records.CleanUrl with { Size = 99 };
    private static readonly LeaseOptions Options = new() { LeaseTime = TimeSpan.FromMinutes(1) };

    private readonly FakeTimeProvider _time = FakeClock.Create();
    private RedisUnderTest _one = null!;
    private RedisUnderTest _two = null!;

    protected abstract IRedisServers Redis { get; }

    private protected RedisUnderTest One => _one;

    protected string LeaseKey => _one.LeaseKeys.Lease;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Redis.EmptyAsync();
        _one = new RedisUnderTest(Redis.Url, new RedisOptions(), _time, Options);
        _two = new RedisUnderTest(Redis.Url, new RedisOptions { RedisTimeout = TimeSpan.FromSeconds(10) }, null, Options);
        await _one.ConnectedAsync();
        await _two.ConnectedAsync();
    }

    public ValueTask DisposeAsync()
    {
        _one.Dispose();
        _two.Dispose();
        GC.SuppressFinalize(this);
        return default;
    }

    [Fact(Timeout = Patience)]
    public async Task FiftyAtOnceOnTwoInstances_OneLeads()
    {
        for (var round = 0; round < 10; round++)
        {
            var key = UrlKey.For($"https://example.org/{round}", []);
            var attempts = await Task.WhenAll(Enumerable.Range(0, 50).Select(taker => Task.Run(
                () => (taker % 2 == 0 ? _one : _two).Leases.TryTakeAsync(key, Cancellation).AsTask())));
            Assert.Equal(49, attempts.Count(attempt => attempt is { Outcome: LeaseOutcome.Held, Lease: null }));
            await Assert.Single(attempts, attempt => attempt.Outcome is LeaseOutcome.Taken).Lease!.DisposeAsync();
        }

        Assert.Equal(10, _one.Meters.Sum("clamproxy.leases.attempts", "taken") + _two.Meters.Sum("clamproxy.leases.attempts", "taken"));
    }

    [Fact(Timeout = Patience)]
    public async Task Released_WaiterIsToldAndTheNextTokenIsHigher()
    {
        var first = await TakeAsync(_one);
        var wait = _two.Leases.WaitAsync(Records.Url, Cancellation).AsTask();
        Assert.Equal(LeaseOutcome.Held, (await _two.Leases.TryTakeAsync(Records.Url, Cancellation)).Outcome);
        Assert.False(wait.IsCompleted);
        await first.DisposeAsync();
        Assert.True(await wait);
        await using var second = await TakeAsync(_two);
        Assert.True(second.Fence.Token > first.Fence.Token);
    }

    [Fact(Timeout = Patience)]
    public async Task Waiter_LeavesWhenItsCallerDoes()
    {
        await using var lease = await TakeAsync(_one);
        using var leaving = new CancellationTokenSource();
        var wait = _two.Leases.WaitAsync(Records.Url, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact(Timeout = Patience)]
    public async Task Held_IsRenewedAtAThirdOfItsLife()
    {
        await using var lease = await TakeAsync(_one);
        await Redis.AskAsync("PEXPIRE", LeaseKey, "30000");
        _time.Advance(Options.LeaseTime / 3);
        await _two.UntilAsync(async () => await LeftAsync() > 30_000);
        Assert.False(lease.IsLost);
    }

    [Fact(Timeout = Patience)]
    public async Task HolderStandsStill_AnotherTakesOverAndTheOldSaveIsRefused()
    {
        await using var old = await TakeAsync(_one);
        await ExpireAsync();
        Assert.True(await _two.Leases.WaitAsync(Records.Url, Cancellation));
        await using (var successor = await TakeAsync(_two))
        {
            await _two.Store.SaveUrlAsync(Records.Url, News, successor.Fence, Cancellation);
            await _one.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, old.Fence, Cancellation);
            Assert.Equal(News, await _two.Store.FindUrlAsync(Records.Url, Cancellation));
        }

        await _one.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, old.Fence, Cancellation);
        Assert.Equal(News, await _two.Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.Equal(2, _one.Meters.Sum("clamproxy.verdicts.saves", "url", "fenced"));
        Assert.Equal(1, _two.Meters.Sum("clamproxy.verdicts.saves", "url", "done"));
    }

    [Fact(Timeout = Patience)]
    public async Task HolderWakesUpAfterATakeover_ItKnowsAndReleasesNothing()
    {
        var old = await TakeAsync(_one);
        await ExpireAsync();
        await using var successor = await TakeAsync(_two);
        Assert.False(old.IsLost);
        _time.Advance(Options.LeaseTime / 3);
        await _two.UntilAsync(() => old.IsLost);
        await old.DisposeAsync();
        Assert.Equal(successor.Fence.Text, await Redis.AskAsync("GET", LeaseKey));
        Assert.Contains("Warning 2500 ", _one.Log, StringComparison.Ordinal);
        Assert.Equal(1, _one.Meters.Sum("clamproxy.leases.lost"));
    }

    [Fact(Timeout = Patience)]
    public async Task HolderEndsAfterATakeoverItDoesNotKnowOf_TheNewLeaseStays()
    {
        var old = await TakeAsync(_one);
        await ExpireAsync();
        await using var successor = await TakeAsync(_two);
        await old.DisposeAsync();
        Assert.Equal(successor.Fence.Text, await Redis.AskAsync("GET", LeaseKey));
        await _two.Store.SaveUrlAsync(Records.Url, News, successor.Fence, Cancellation);
        Assert.Equal(News, await _two.Store.FindUrlAsync(Records.Url, Cancellation));
    }

    [Fact(Timeout = Patience)]
    public async Task ExpiredAndNobodyTookIt_SavesAndIsOursAgain()
    {
        await using var lease = await TakeAsync(_one);
        await ExpireAsync();
        await _one.Store.SaveUrlAsync(Records.Url, News, lease.Fence, Cancellation);
        Assert.Equal(News, await _two.Store.FindUrlAsync(Records.Url, Cancellation));
        _time.Advance(Options.LeaseTime / 3);
        await _two.UntilAsync(async () => await LeftAsync() > 0);
        Assert.Equal(lease.Fence.Text, await Redis.AskAsync("GET", LeaseKey));
    }

    [Fact(Timeout = Patience)]
    public async Task Disposed_NothingIsSavedUnderItAndItIsNotRenewed()
    {
        var lease = await TakeAsync(_one);
        await lease.DisposeAsync();
        await lease.DisposeAsync();
        _time.Advance(Options.LeaseTime);
        await _one.Store.SaveUrlAsync(Records.Url, News, lease.Fence, Cancellation);
        Assert.Null(await _two.Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.Null(await Redis.AskAsync("GET", LeaseKey));
    }

    [Theory(Timeout = Patience)]
    [InlineData("SET", "1:0")]
    [InlineData("LPUSH", "x")]
    public async Task SomethingWithoutAnEndUnderTheKey_HoldsNobodyUp(string command, string value)
    {
        await Redis.AskAsync(command, LeaseKey, value);
        Assert.True(await _one.Leases.WaitAsync(Records.Url, Cancellation));
        await using var lease = await TakeAsync(_one);
        Assert.InRange(await LeftAsync(), 1, 60_000);
    }

    private protected static async Task<FlightLease> TakeAsync(RedisUnderTest instance)
    {
        var (outcome, lease) = await instance.Leases.TryTakeAsync(Records.Url, Cancellation);
        Assert.Equal(LeaseOutcome.Taken, outcome);
        return lease!;
    }

    private async Task ExpireAsync()
    {
        await Redis.AskAsync("PEXPIRE", LeaseKey, "1");
        await _two.UntilAsync(async () => await LeftAsync() < 0);
    }

    private async Task<long> LeftAsync() => long.Parse((await Redis.AskAsync("PTTL", LeaseKey))!.AsSpan(1), CultureInfo.InvariantCulture);
}
