using System.Net;
using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>The process behind an address changes: no content goes to one that was not tested.</summary>
public sealed class ScannerProcessTests
{
    private const int Patience = 30_000;

    [Theory(Timeout = Patience)]
    [InlineData("tcp")]
    [InlineData("unix")]
    public async Task ClamdRestartsBetweenTwoProbes_ItIsTestedBeforeItGetsWork(string socket)
    {
        using var folder = new TempFolder();
        await using var clamd = socket is "tcp" ? FakeClamd.OnTcp() : FakeClamd.OnUnix(folder);
        await using var rig = await ClamdRig.StartAsync(SeldomProbed(clamd.Endpoint));
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1])).Outcome);

        clamd.Stop();
        clamd.TellsLimits = false;
        clamd.Listen();
        var report = await rig.ScanAsync([2]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("AlertExceedsMax yes", report.Detail, StringComparison.Ordinal);
        Assert.Equal<byte[]>([1], Assert.Single(clamd.Contents));
    }

    [Fact(Timeout = Patience)]
    public async Task AnotherClamdIsBehindTheSameAddress_ItIsTestedBeforeItGetsWork()
    {
        await using var tested = new Crowd();
        await using var silent = FakeClamd.OnTcp();
        silent.TellsLimits = false;
        await using var relay = new FlakyRelay(tested.Clamd.Port);
        await using var rig = await ClamdRig.StartAsync(SeldomProbed($"tcp://127.0.0.1:{relay.Port}"));

        relay.Target = new IPEndPoint(IPAddress.Loopback, silent.Port);
        var first = rig.ScanAsync([1]);
        await tested.UntilAsync(1);
        // The tested connection is taken: this one needs another.
        Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([2])).Outcome);
        Assert.Empty(silent.Contents);

        tested.LetAllGo();
        Assert.Equal(ScanOutcome.Unavailable, (await first).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task TwoGoodClamdsBehindOneAddress_EachAnswersAsItself()
    {
        await using var small = new Crowd();
        await using var large = FakeClamd.OnTcp();
        (small.Clamd.MaxFileSize, small.Clamd.VersionReply) = (1_000_000, FakeClamd.VersionOf(27001, TimeProvider.System.GetUtcNow()));
        (large.MaxFileSize, large.VersionReply) = (2_000_000, FakeClamd.VersionOf(27002, TimeProvider.System.GetUtcNow()));
        await using var relay = new FlakyRelay(small.Clamd.Port);
        await using var rig = await ClamdRig.StartAsync(SeldomProbed($"tcp://127.0.0.1:{relay.Port}"));

        relay.Target = new IPEndPoint(IPAddress.Loopback, large.Port);
        var first = rig.ScanAsync([1]);
        await small.UntilAsync(1);
        var second = await rig.ScanAsync([2]);
        small.LetAllGo();
        Assert.Equal((ScanOutcome.Clean, 2_000_000, 27002), (second.Outcome, second.Limits!.TrustedSize, second.Version!.Database));
        Assert.Equal(
            (ScanOutcome.Clean, 1_000_000, 27001),
            ((await first).Outcome, (await first).Limits!.TrustedSize, (await first).Version!.Database));
    }

    [Fact(Timeout = Patience)]
    public async Task ScansFollowEachOther_OneTestServesThemAll()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(SeldomProbed(clamd.Endpoint));
        for (var number = 0; number < 20; number++)
        {
            Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([(byte)number])).Outcome);
        }

        Assert.Single(clamd.CanariesSeen, canary => canary is "eicar");
        Assert.Single(clamd.Commands, command => command is "zIDSESSION");
    }

    [Fact(Timeout = Patience)]
    public async Task ReplyHasAnotherCommandsNumber_NothingIsClean()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(SeldomProbed(clamd.Endpoint));
        clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: OK\0", number: 1);
        Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([1])).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task ScanTakesLong_TheSessionIsEndedSoThatClamdDoesNotGiveItUp()
    {
        await using var crowd = new Crowd();
        var (time, longScan) = (new HurriedTime(), TimeSpan.FromSeconds(5));
        var options = SeldomProbed(crowd.Clamd.Endpoint);
        options.DownAfter = TimeSpan.FromSeconds(20);
        await using var rig = await ClamdRig.StartAsync(options, time);
        var before = time.Settings(longScan);
        var scan = rig.ScanAsync([1]);
        await crowd.UntilAsync(1);
        await time.RunOffNextAsync(longScan, TestContext.Current.CancellationToken, before);
        crowd.LetAllGo();
        Assert.Equal(ScanOutcome.Clean, (await scan).Outcome);
        while (!crowd.Clamd.Commands.Contains("zEND"))
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task SessionsAreIdle_AsManyAsWantedStayReady()
    {
        await using var clamd = FakeClamd.OnTcp();
        var options = ClamdRig.Quick(clamd.Endpoint);
        options.ReadySessions = 3;
        await using var rig = await ClamdRig.StartAsync(options);
        while (clamd.CanariesSeen.Count(canary => canary is "encrypted") < 3)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        var asked = clamd.Commands.Count;
        while (clamd.Commands.Count < asked + 8)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, clamd.Commands.Count(command => command is "zIDSESSION"));
    }

    [Fact(Timeout = Patience)]
    public async Task RushEnds_TheNextOneFindsItsTestedSessionsForSomeTime()
    {
        await using var crowd = new Crowd();
        var time = new ShiftedTimeProvider();
        var options = ClamdRig.Quick(crowd.Clamd.Endpoint);
        options.DownAfter = TimeSpan.FromMinutes(10);
        await using var rig = await ClamdRig.StartAsync(options, time);
        await RushAsync(crowd, rig, 1);
        var sessions = Sessions(crowd);

        time.Advance(TimeSpan.FromSeconds(11));
        await ProbesAsync(crowd, 3);
        await RushAsync(crowd, rig, 2);
        Assert.Equal(sessions, Sessions(crowd));

        time.Advance(options.SessionIdleTime);
        await ProbesAsync(crowd, 3);
        await RushAsync(crowd, rig, 3);
        Assert.True(Sessions(crowd) > sessions);
    }

    private static async Task RushAsync(Crowd crowd, ClamdRig rig, int number)
    {
        const int AtOnce = 5;
        var scans = Enumerable.Range(0, AtOnce).Select(scan => rig.ScanAsync([(byte)number, (byte)scan])).ToList();
        await crowd.UntilAsync(number * AtOnce);
        scans.ForEach(_ => crowd.LetOneGo());
        Assert.All(await Task.WhenAll(scans), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
    }

    private static int Sessions(Crowd crowd) => crowd.Clamd.Commands.Count(command => command is "zIDSESSION");

    private static async Task ProbesAsync(Crowd crowd, int count)
    {
        var before = crowd.Clamd.Commands.Count(command => command is "zVERSION");
        while (crowd.Clamd.Commands.Count(command => command is "zVERSION") < before + count)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static ClamdOptions SeldomProbed(string endpoint)
    {
        var options = ClamdRig.Quick(endpoint);
        options.ProbeInterval = TimeSpan.FromMinutes(1);
        return options;
    }
}
