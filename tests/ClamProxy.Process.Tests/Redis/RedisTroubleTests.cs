using System.Collections.Concurrent;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>A Redis that is down, killed, frozen, cut off or talks nonsense costs a verdict, never a request.</summary>
public sealed class RedisTroubleTests
{
    private const int Callers = 64;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static RedisOptions Quick => new()
    {
        RedisTimeout = TimeSpan.FromMilliseconds(200),
        BreakerRest = TimeSpan.FromMilliseconds(100),
        BreakerRestMax = TimeSpan.FromMilliseconds(500),
    };

    [Fact]
    public async Task DownAtStart_MissesUntilItComesUp()
    {
        await using var redis = RedisProcess.NotStarted();
        using var test = new RedisUnderTest(redis.Url, Quick);
        await test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
        Assert.Null(await test.Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.False(test.Store.State.IsAvailable);

        await redis.RestartAsync();
        await test.ConnectedAsync();
        await SavedIsFoundAsync(test);
    }

    [Fact]
    public async Task KilledAndRestartedUnderLoad_NoCallerThrowsAndItComesBack()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var test = new RedisUnderTest(redis.Url, Quick);
        await test.ConnectedAsync();
        await using var load = new Load(test.Store, Callers);
        await load.TurnsAsync(Callers * 10);

        await redis.KillAsync();
        await test.UntilAsync(() => !test.Store.State.IsAvailable);
        await load.TurnsAsync(Callers * 10);

        await redis.RestartAsync();
        await test.ConnectedAsync();
        await load.TurnsAsync(Callers * 10);
        await load.StopAsync();
        await SavedIsFoundAsync(test);
    }

    [Fact]
    public async Task FrozenUnderLoad_IsLeftAloneAndComesBack()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var test = new RedisUnderTest(redis.Url, Quick);
        await test.ConnectedAsync();
        await using var load = new Load(test.Store, Callers);
        await load.TurnsAsync(Callers * 10);

        var before = test.Log.Length;
        redis.Freeze();
        await test.UntilAsync(() => !test.Store.State.IsAvailable);
        await load.TurnsAsync(Callers * 10);

        // Not in the state, which tells what failed last: that may be the connection by now.
        Assert.Contains("no answer within 200 ms", test.Log[before..], StringComparison.Ordinal);

        redis.Thaw();
        await test.ConnectedAsync();
        await load.StopAsync();
        await SavedIsFoundAsync(test);
    }

    [Fact]
    public async Task Frozen_ACallEndsAtItsDeadlineAndOnceLeftAloneNoCallWaits()
    {
        var time = FakeClock.Create();
        await using var redis = await RedisProcess.StartAsync();
        using var test = new RedisUnderTest(redis.Url, new RedisOptions { BreakerFailures = 2 }, time);
        await test.ConnectedAsync();
        redis.Freeze();

        for (var failure = 0; failure < 2; failure++)
        {
            var find = test.Store.FindUrlAsync(Records.Url, Cancellation).AsTask();
            time.Advance(TimeSpan.FromMilliseconds(249));
            Assert.False(find.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Null(await find.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        }

        Assert.True(test.Store.FindUrlAsync(Records.Url, Cancellation).AsTask().IsCompleted);
        Assert.True(test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation).AsTask().IsCompleted);
        Assert.True(test.Store.DropUrlAsync(Records.Url, Cancellation).AsTask().IsCompleted);
        Assert.Equal(1, test.Meters.Gauge("clamproxy.verdicts.breaker.open"));
        Assert.Equal(3, test.Meters.Sum("clamproxy.verdicts.lookups", "url", "error"));
    }

    [Fact]
    public async Task AbandonedCallsFailLater_NoExceptionGoesUnobserved()
    {
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await using var redis = await RedisProcess.StartAsync();
            using var test = new RedisUnderTest(redis.Url, Quick);
            await test.ConnectedAsync();
            redis.Freeze();
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => test.Store.FindUrlAsync(Records.Url, Cancellation).AsTask()));
            await redis.KillAsync();
            await test.UntilAsync(() => test.Log.Contains("more: no connection", StringComparison.Ordinal));
            GC.Collect();
            GC.WaitForPendingFinalizers();

            // Other tests' tasks end here too.
            Assert.DoesNotContain(unobserved, thrown => thrown.ToString().Contains(nameof(RedisCalls), StringComparison.Ordinal));
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }
    }

    [Fact]
    public async Task SilentConnection_IsReplaced()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var relay = new FlakyRelay(redis.Port);
        using var test = new RedisUnderTest($"redis://127.0.0.1:{relay.Port}", Quick);
        await test.ConnectedAsync();
        var before = relay.Accepted;

        relay.Mode = RelayMode.Hang;
        await test.UntilAsync(() => relay.Accepted > before);
        relay.Mode = RelayMode.Pass;
        await test.ConnectedAsync();
        await SavedIsFoundAsync(test);
    }

    [Fact]
    public async Task DroppedWhileRedisIsAway_DoesNotAnswerWhenItIsBack()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var relay = new FlakyRelay(redis.Port);
        using var test = new RedisUnderTest($"redis://127.0.0.1:{relay.Port}", Quick);
        await test.ConnectedAsync();
        await SavedIsFoundAsync(test);
        await test.Store.SaveContentAsync(Records.Content, Records.Clean, Cancellation);

        await relay.RefuseAsync();
        await test.Store.DropUrlAsync(Records.Url, Cancellation);
        relay.Listen();
        await test.UntilAsync(async () => await test.Store.FindContentAsync(Records.Content, Cancellation) is not null);

        Assert.NotNull(await redis.AskAsync("GET", Records.Url.Text));
        Assert.Null(await test.Store.FindUrlAsync(Records.Url, Cancellation));
        await SavedIsFoundAsync(test);
    }

    [Fact]
    public async Task AnswersTornIntoBytes_AreReadAllTheSame()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var relay = new FlakyRelay(redis.Port) { Mode = RelayMode.Tear };
        using var test = new RedisUnderTest(
            $"redis://127.0.0.1:{relay.Port}", new RedisOptions { RedisTimeout = TimeSpan.FromSeconds(10) });
        await test.ConnectedAsync();
        await SavedIsFoundAsync(test);
    }

    [Theory]
    [InlineData(RelayMode.Garble)]
    [InlineData(RelayMode.ResetMidway)]
    public async Task AnswersSpoiledUnderLoad_NoCallerThrowsAndItComesBack(RelayMode mode)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var relay = new FlakyRelay(redis.Port);
        using var test = new RedisUnderTest($"redis://127.0.0.1:{relay.Port}", Quick);
        await test.ConnectedAsync();
        await using var load = new Load(test.Store, Callers);

        relay.Mode = mode;
        await test.UntilAsync(() => !test.Store.State.IsAvailable);
        await load.TurnsAsync(Callers * 10);
        relay.Mode = RelayMode.Pass;
        await test.ConnectedAsync();
        await load.StopAsync();
        await SavedIsFoundAsync(test);
    }

    [Fact]
    public async Task OutOfMemory_SavesAreRefusedAndLookupsGoOn()
    {
        await using var redis = await RedisProcess.StartAsync(null, "--maxmemory", "1", "--maxmemory-policy", "noeviction");
        using var test = new RedisUnderTest(redis.Url, new RedisOptions { RedisTimeout = TimeSpan.FromSeconds(10) });
        await test.ConnectedAsync();
        for (var i = 0; i < 20; i++)
        {
            await test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
            Assert.Null(await test.Store.FindUrlAsync(Records.Url, Cancellation));
        }

        Assert.True(test.Store.State.IsAvailable);
        Assert.Equal(20, test.Meters.Sum("clamproxy.verdicts.saves", "url", "error"));
        Assert.Single(test.Log.Split('\n'), line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains("OOM", test.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACallerThatBlocks_DoesNotHoldUpOthers()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var test = new RedisUnderTest(redis.Url, new RedisOptions { RedisTimeout = TimeSpan.FromSeconds(10) });
        await test.ConnectedAsync();
        using var blocked = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var blocker = Task.Run(async () =>
        {
            await test.Store.FindUrlAsync(Records.Url, Cancellation);
            blocked.Set();
            release.Wait(Cancellation);
        });

        await Task.Run(() => blocked.Wait(Cancellation), Cancellation);
        var others = Task.WhenAll(Enumerable.Range(0, 10).Select(_ => test.Store.FindUrlAsync(Records.Url, Cancellation).AsTask()));
        var inTime = await Task.WhenAny(others, Task.Delay(TimeSpan.FromSeconds(30), Cancellation)) == others;
        release.Set();
        await blocker;
        Assert.True(inTime);
    }

    // A call may miss its deadline on a busy machine: the record counts, not the call that kept it.
    internal static Task SavedIsFoundAsync(RedisUnderTest test) => test.UntilAsync(async () =>
    {
        await test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
        return await test.Store.FindUrlAsync(Records.Url, Cancellation) == Records.CleanUrl;
    });

    /// <summary>Callers that look up and save without a pause, and what they threw.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private static readonly TimeSpan Overall = TimeSpan.FromSeconds(30);

        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentQueue<Exception> _thrown = [];
        private readonly Task[] _callers;
        private long _turns;

        public Load(IVerdictStore store, int callers) =>
            _callers = [.. Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(store, caller)))];

        /// <summary>Waits until so many more calls have ended.</summary>
        public async Task TurnsAsync(int more)
        {
            using var deadline = new CancellationTokenSource(Overall);
            var goal = Interlocked.Read(ref _turns) + more;
            while (Interlocked.Read(ref _turns) < goal)
            {
                await Task.Delay(5, deadline.Token);
            }
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_callers).WaitAsync(Overall);
            Assert.Empty(_thrown);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_callers).WaitAsync(Overall);
            _stop.Dispose();
        }

        private async Task CallAsync(IVerdictStore store, int caller)
        {
            var key = UrlKey.For($"https://example.org/{caller}", []);
            var record = Records.CleanUrl with { Size = caller };
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    await store.SaveUrlAsync(key, record, null, default);
                    var found = await store.FindUrlAsync(key, default);
                    Assert.True(found is null || found == record, $"another's record: {found}");
                }
                catch (Exception exception)
                {
                    _thrown.Enqueue(exception);
                }

                Interlocked.Increment(ref _turns);

                // While Redis is left alone a call takes no time: the tests' other work wants some of the processor.
                await Task.Delay(1);
            }
        }
    }
}
