using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Flights;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Fetching;

public sealed class FlightTableTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly ContentRecord Clean =
        new(new string('0', 64), Verdict.Clean, null, UnscannableReason.None, null, null, null, null, DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task SameKey_RunsOnceForAll()
    {
        using var table = Table(10);
        var release = new TaskCompletionSource();
        var runs = 0;
        var flights = Enumerable.Range(0, 40).Select(_ => table.JoinOrStart("key", () => async _ =>
        {
            Interlocked.Increment(ref runs);
            await release.Task;
            return new FlightResult.NotModified(new UpstreamHead(304, null, []));
        }, out bool _)!).ToList();

        release.SetResult();
        await Task.WhenAll(flights.Select(flight => flight.Completion.WaitAsync(Limit)));

        Assert.Equal(1, runs);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task RequestThatMayNotStartOne_LeavesNothingThatOthersCouldJoin()
    {
        using var table = Table(10);

        Assert.Null(table.JoinOrStart("key", () => null, out _));
        var flight = table.JoinOrStart(
            "key",
            () => _ => Task.FromResult<FlightResult>(new FlightResult.NotModified(new UpstreamHead(304, null, []))),
            out var isShared)!;

        Assert.False(isShared);
        Assert.IsNotType<FlightResult.Failed>(await flight.Completion.WaitAsync(Limit));
    }

    [Fact]
    public async Task FirstOfTwoLeaves_TheOtherStillGetsTheLanding()
    {
        using var table = Table(10);
        var release = new TaskCompletionSource();
        var flight = table.JoinOrStart("key", () => flight => RunAsync(flight, release.Task), out var firstShared)!;
        Assert.Same(flight, table.JoinOrStart("key", () => _ => throw new InvalidOperationException("a second run"), out var secondShared));

        flight.Leave();
        release.SetResult();

        Assert.IsNotType<FlightResult.Failed>(await flight.Completion.WaitAsync(Limit));
        Assert.False(firstShared);
        Assert.True(secondShared);
    }

    [Fact]
    public async Task Refusing_NothingStartsWhatIsUnderWayIsJoinedAndItsEndIsTold()
    {
        using var table = Table(10);
        var release = new TaskCompletionSource();
        var flight = table.JoinOrStart("key", () => flight => RunAsync(flight, release.Task), out _)!;

        var idle = table.Refuse();
        Assert.Null(table.JoinOrStart("other", () => _ => throw new InvalidOperationException("a flight after the end"), out _));
        Assert.Same(flight, table.JoinOrStart("key", () => _ => throw new InvalidOperationException("a second run"), out _));
        Assert.False(idle.IsCompleted);
        release.SetResult();

        Assert.IsNotType<FlightResult.Failed>(await flight.Completion.WaitAsync(Limit));
        await idle.WaitAsync(Limit);
    }

    [Fact]
    public async Task Cancelled_WhoeverWaitsIsToldThatTheProcessStops()
    {
        using var table = Table(10);
        var flight = table.JoinOrStart("key", () => flight => RunAsync(flight, Task.Delay(Timeout.Infinite, flight.Cancelled)), out _)!;

        table.Cancel();

        Assert.Equal(FailureReason.Stopping, ReasonOf(await flight.Completion.WaitAsync(Limit)));
        Assert.True(table.IsRefusing);
        await table.Refuse().WaitAsync(Limit);
    }

    [Fact]
    public async Task LastLeaves_TheFlightIsCancelledAndTheNextRequestStartsAnother()
    {
        using var table = Table(10);
        var flight = table.JoinOrStart("key", () => flight => RunAsync(flight, Task.Delay(Timeout.Infinite, flight.Cancelled)), out _)!;

        flight.Leave();
        var next = table.JoinOrStart(
            "key",
            () => _ => Task.FromResult<FlightResult>(new FlightResult.NotModified(new UpstreamHead(304, null, []))),
            out var isShared)!;

        Assert.False(isShared);
        Assert.Equal(FailureReason.ClientGone, ReasonOf(await flight.Completion.WaitAsync(Limit)));
        Assert.IsNotType<FlightResult.Failed>(await next.Completion.WaitAsync(Limit));
    }

    [Fact]
    public async Task LastLeavesAfterTheLanding_TheBodyIsLetGo()
    {
        using var spool = new TempSpool();
        using var table = Table(10);
        var flight = table.JoinOrStart("key", () => async _ => await CleanAsync(spool), out _)!;
        var flightResult = await flight.Completion.WaitAsync(Limit);
        Assert.NotEqual(0, spool.Folder.Disk.InUse);
        await using var answer = flightResult.AnswerTo(new AnswerTrace(CacheOutcome.Miss));

        flight.Leave();
        Assert.NotEqual(0, spool.Folder.Disk.InUse);
        await answer.DisposeAsync();

        Assert.Equal(0, spool.Folder.Disk.InUse);
    }

    [Fact]
    public async Task EverybodyLeftBeforeTheLanding_TheBodyIsLetGo()
    {
        using var spool = new TempSpool();
        using var table = Table(10);
        var release = new TaskCompletionSource();
        var flight = table.JoinOrStart(null, () => async _ =>
        {
            await release.Task;
            return await CleanAsync(spool);
        }, out _)!;

        flight.Leave();
        release.SetResult();
        await flight.Completion.WaitAsync(Limit);

        Assert.Equal(0, spool.Folder.Disk.InUse);
    }

    [Fact]
    public async Task LastLeavesOnceTheScanHasBegun_TheFlightGoesOnAndMayBeJoined()
    {
        using var table = Table(10);
        var release = new TaskCompletionSource();
        var flight = table.JoinOrStart("key", () => async flight =>
        {
            flight.StayOnCourse();
            await release.Task.WaitAsync(flight.Cancelled);
            return new FlightResult.NotModified(new UpstreamHead(304, null, []));
        }, out _)!;

        flight.Leave();
        var again = table.JoinOrStart("key", () => _ => throw new InvalidOperationException("a second run"), out var isShared);
        release.SetResult();

        Assert.True(isShared);
        Assert.Same(flight, again);
        Assert.IsNotType<FlightResult.Failed>(await flight.Completion.WaitAsync(Limit));
    }

    [Fact]
    public void ScanBeginsAfterEverybodyLeft_NobodyJoinsTheCancelledFlight()
    {
        using var flight = new Flight(95);

        flight.Leave();
        flight.StayOnCourse();

        Assert.True(flight.Cancelled.IsCancellationRequested);
        Assert.False(flight.TryJoin());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FailureOfWhatWasBegunBeforeItsTurn_IsNotThatOfWhoComesThen(bool isAhead)
    {
        var target = Core.Download.Target.TryParse("http://h.example/file", out _)!;
        using var flight = new Flight(95, "client", new GateRequest(target, [], CacheScan: true) { IsAhead = isAhead });
        Assert.True(flight.TryJoin("client"));

        flight.Land(new FlightResult.Failed(new Failure(FailureReason.SpoolFull, "no room")));

        Assert.Equal(!isAhead, flight.TryJoin("client"));
    }

    [Fact]
    public void NoKey_IsNeverShared()
    {
        using var table = Table(10);
        var first = table.JoinOrStart(null, () => flight => RunAsync(flight, Task.Delay(Timeout.Infinite, flight.Cancelled)), out _);
        var second = table.JoinOrStart(
            null, () => flight => RunAsync(flight, Task.Delay(Timeout.Infinite, flight.Cancelled)), out var isShared);

        Assert.NotSame(first, second);
        Assert.False(isShared);
    }

    [Fact]
    public void AsManyAsAllowed_TheNextIsRefusedButAJoinIsNot()
    {
        using var table = Table(1);
        Assert.NotNull(table.JoinOrStart("a", () => flight => RunAsync(flight, Task.Delay(Timeout.Infinite, flight.Cancelled)), out _));

        Assert.Null(table.JoinOrStart("b", () => _ => throw new InvalidOperationException("one too many"), out _));
        Assert.NotNull(table.JoinOrStart("a", () => _ => throw new InvalidOperationException("a second run"), out var isShared));
        Assert.True(isShared);
    }

    [Fact]
    public async Task RunThrows_LandsAsOurOwnMistake()
    {
        using var table = Table(1);
        var flight = table.JoinOrStart("a", () => _ => throw new InvalidOperationException("bug"), out _)!;

        Assert.Equal(FailureReason.Internal, ReasonOf(await flight.Completion.WaitAsync(Limit)));
    }

    [Fact]
    public async Task TableDisposed_FlightsEndAsStopping()
    {
        var table = Table(1);
        var flight = table.JoinOrStart("a", () => flight => RunAsync(flight, Task.Delay(Timeout.Infinite, flight.Cancelled)), out _)!;

        table.Dispose();

        Assert.Equal(FailureReason.Stopping, ReasonOf(await flight.Completion.WaitAsync(Limit)));
        Assert.Null(table.JoinOrStart("b", () => _ => throw new InvalidOperationException("after the end"), out _));
    }

    [Theory]
    [InlineData(949, false)]
    [InlineData(950, true)]
    public async Task LastLeavesWhileItDownloads_GoesOnOnlyIfNearlyDone(int received, bool goesOn)
    {
        using var spool = new TempSpool();
        using var writer = spool.Folder.Create(1000);
        await writer.WriteAsync(new byte[received], CancellationToken.None);
        using var table = Table(10);
        var release = new TaskCompletionSource();
        var flight = table.JoinOrStart("key", () => flight =>
        {
            flight.BodyIsComing(IncomingBody.Of(new UpstreamHead(200, null, []), 1000, writer));
            return RunAsync(flight, release.Task.WaitAsync(flight.Cancelled));
        }, out _)!;

        flight.Leave();
        release.SetResult();

        Assert.Equal(goesOn ? null : FailureReason.ClientGone, ReasonOf(await flight.Completion.WaitAsync(Limit)));
    }

    [Fact]
    public async Task AskedForAgain_EndIsKeptForTheNextRequestAndThenLetGo()
    {
        using var spool = new TempSpool();
        var clock = FakeClock.Create();
        using var table = new FlightTable(new GateOptions { Linger = TimeSpan.FromSeconds(60) }, clock);
        var release = new TaskCompletionSource();
        var flight = table.JoinOrStart("key", () => async _ =>
        {
            await release.Task;
            return await CleanAsync(spool);
        }, out _)!;
        flight.TryExpectAgain();
        flight.Leave();
        release.SetResult();
        await flight.Completion.WaitAsync(Limit);

        var again = table.JoinOrStart("key", () => _ => throw new InvalidOperationException("a second run"), out var isShared);
        again!.Leave();
        Assert.NotEqual(0, spool.Folder.Disk.InUse);
        await UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(61));
            return spool.Folder.Disk.InUse == 0;
        });

        Assert.True(isShared);
        Assert.Same(flight, again);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Failure_IsNotKept(bool isAskedForAgain)
    {
        using var table = Table(10);
        var release = new TaskCompletionSource();
        var flight = table.JoinOrStart("key", () => async _ =>
        {
            await release.Task;
            return new FlightResult.Failed(new(FailureReason.ScannerUnavailable, ""));
        }, out _)!;
        flight.TryBeginTrickle();
        if (isAskedForAgain)
        {
            flight.TryExpectAgain();
        }

        release.SetResult();
        await flight.Completion.WaitAsync(Limit);
        flight.Leave();
        var next = table.JoinOrStart(
            "key",
            () => _ => Task.FromResult<FlightResult>(new FlightResult.NotModified(new UpstreamHead(304, null, []))),
            out var isShared)!;

        Assert.False(isShared);
        Assert.IsNotType<FlightResult.Failed>(await next.Completion.WaitAsync(Limit));
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private static FlightTable Table(int limit) => new(new GateOptions { MaxFlights = limit }, TimeProvider.System);

    private static FailureReason? ReasonOf(FlightResult result) => (result as FlightResult.Failed)?.Failure.Reason;

    private static async Task<FlightResult> RunAsync(Flight flight, Task until)
    {
        await until.WaitAsync(flight.Cancelled);
        return new FlightResult.NotModified(new UpstreamHead(304, null, []));
    }

    private static async Task<FlightResult> CleanAsync(TempSpool spool)
    {
        using var writer = spool.Folder.Create(null);
        Assert.Null(await writer.WriteAsync(new byte[5000], CancellationToken.None));
        return new FlightResult.Delivered(new UpstreamHead(200, null, []), writer.Complete(), Clean);
    }
}
