using System.IO.Compression;
using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>Which scanners get work, and when that changes.</summary>
public sealed class ClamdTrustTests
{
    private const int Patience = 30_000;
    private const int ScannerIsDown = 1001;

    /// <summary>No other time of a scanner's is as long, so that a test can tell its timers from others.</summary>
    private static readonly TimeSpan OwnLength = TimeSpan.FromMinutes(7);

    [Fact(Timeout = Patience)]
    public async Task ScannerThatMissesEicar_GetsNoWork()
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.FindsEicar = false;
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var report = await rig.ScanAsync([1]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("DatabaseDirectory", report.Detail, StringComparison.Ordinal);
        Assert.Empty(clamd.Contents);
    }

    [Fact(Timeout = Patience)]
    public async Task ScannerSilentAboutItsLimits_GetsNoWorkAndTheLineToChangeIsNamed()
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.TellsLimits = false;
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var report = await rig.ScanAsync([1]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("AlertExceedsMax yes", report.Detail, StringComparison.Ordinal);
        var state = Assert.Single(rig.Pool.Scanners);
        Assert.Equal((true, false), (state.IsUp, state.IsTrusted));
        Assert.Contains("AlertExceedsMax yes", state.Trouble, StringComparison.Ordinal);
        Assert.Equal(27826, rig.Pool.NewestDatabase);
        Assert.Single(rig.Log.Collector.GetSnapshot(), line => line.Id.Id == 1002);
        Assert.Empty(clamd.Contents);

        clamd.TellsLimits = true;
        await rig.UntilAsync(scanners => scanners[0].IsTrusted);
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1])).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task CanariesAreRememberedAsClean_FreshOnesTellWhatItDoesNow()
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.RemembersAsClean = true;
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1])).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task SilentLimitsAccepted_GetsWorkLoudly()
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.TellsLimits = false;
        var options = ClamdRig.Quick(clamd.Endpoint);
        options.SilentLimits = SilentLimits.Accept;
        await using var rig = await ClamdRig.StartAsync(options);
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1])).Outcome);
        Assert.Contains(rig.Log.Collector.GetSnapshot(), line => line.Id.Id == 1003);
    }

    [Fact(Timeout = Patience)]
    public async Task SilentLimitsAccepted_EicarMustStillBeFound()
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.FindsEicar = false;
        var options = ClamdRig.Quick(clamd.Endpoint);
        options.SilentLimits = SilentLimits.Accept;
        await using var rig = await ClamdRig.StartAsync(options);
        Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([1])).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task NewSignatures_AreTestedAndReported()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        Assert.Equal(27826, rig.Pool.NewestDatabase);
        var tests = clamd.CanariesSeen.Count;
        clamd.FindsEicar = false;
        clamd.VersionReply = "ClamAV 1.4.6/27827/Sat Nov 21 08:00:00 2026\0";
        await rig.UntilAsync(scanners => !scanners[0].IsTrusted);
        Assert.True(clamd.CanariesSeen.Count > tests);
        clamd.FindsEicar = true;
        await rig.UntilAsync(scanners => scanners[0].IsTrusted);
        Assert.Equal(27827, rig.Pool.NewestDatabase);
    }

    [Fact(Timeout = Patience)]
    public async Task NothingChanges_CanariesAreNotRepeatedBeforeTheirTime()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var seen = clamd.Commands.Count;
        while (clamd.Commands.Count < seen + 8)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["eicar", "zip", "limits", "encrypted"], clamd.CanariesSeen);
    }

    [Fact(Timeout = Patience)]
    public async Task ProbeBreaks_TheNextOneComes()
    {
        var time = new BreakableTime();
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint), time);

        time.BreakOnce();
        await rig.Log.Collector.UntilLoggedAsync(1008, TestContext.Current.CancellationToken);

        await PingedAsync(clamd, 1);
        await rig.UntilAsync(scanners => scanners[0].IsTrusted);

        Assert.Single(rig.Log.Collector.GetSnapshot(), line => line.Id.Id == 1008);
    }

    [Fact(Timeout = Patience)]
    public async Task CanaryIntervalPasses_TheyAreRepeated()
    {
        await using var clamd = FakeClamd.OnTcp();
        var options = ClamdRig.Quick(clamd.Endpoint);
        options.CanaryInterval = TimeSpan.FromMilliseconds(100);
        await using var rig = await ClamdRig.StartAsync(options);
        clamd.FindsEicar = false;
        await rig.UntilAsync(scanners => !scanners[0].IsTrusted);
    }

    [Fact(Timeout = Patience)]
    public async Task EveryContentIsAnError_TheScannerIsTestedAndLosesItsWork()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        clamd.ScanReply = "Error writing to temporary file ERROR\0";
        Assert.Equal(ScanOutcome.Error, (await rig.ScanAsync([1])).Outcome);
        await rig.UntilAsync(scanners => !scanners[0].IsTrusted);
        var report = await rig.ScanAsync([1]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Contains("Error writing to temporary file", report.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task ScannerFailsItsTestDuringAScan_ItsOkIsNotBelieved()
    {
        await using var crowd = new Crowd();
        var options = ClamdRig.Quick(crowd.Clamd.Endpoint);
        options.CanaryInterval = TimeSpan.FromMilliseconds(50);
        await using var rig = await ClamdRig.StartAsync(options);
        var scan = rig.ScanAsync([1]);
        await crowd.UntilAsync(1);
        crowd.Clamd.TellsLimits = false;
        await rig.UntilAsync(scanners => !scanners[0].IsTrusted);
        crowd.LetAllGo();
        Assert.Equal(ScanOutcome.Unavailable, (await scan).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task NoClamdListensThere_ItIsNeverUp()
    {
        await using var other = FakeClamd.OnTcp();
        other.OnCommand = async (connection, _) =>
        {
            await connection.ReplyAsync("220 smtp\r\n");
            return true;
        };
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(other.Endpoint));
        Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([1])).Outcome);
        Assert.False(rig.Pool.Scanners[0].IsUp);
    }

    [Fact(Timeout = Patience)]
    public async Task ScannerFreezes_ItsScansMoveOnAfterDownAfterAndItComesBack()
    {
        await using var frozen = new Crowd();
        await using var good = new Crowd();
        var options = ClamdRig.Quick(frozen.Clamd.Endpoint, good.Clamd.Endpoint);
        options.DownAfter = OwnLength;
        var time = new HurriedTime();
        await using var rig = await ClamdRig.StartAsync(options, time);
        var scans = Enumerable.Range(0, 6).Select(number => rig.ScanAsync([(byte)number])).ToArray();

        // The good one answers none before each has its half: else all could be its.
        await frozen.UntilAsync(3);
        await good.UntilAsync(3);
        frozen.Clamd.Freeze();
        var silent = await OutlivingAsync(time, good.Clamd);
        time.Advance(options.DownAfter);
        await HurriedTime.RunOffAsync(silent);
        good.LetAllGo();
        var reports = await Task.WhenAll(scans);
        Assert.All(reports, report => Assert.Equal((ScanOutcome.Clean, good.Clamd.Endpoint), (report.Outcome, report.Scanner)));
        Assert.False(rig.Pool.Scanners[0].IsUp);
        frozen.LetAllGo();
        frozen.Clamd.Thaw();
        await rig.UntilAsync(scanners => scanners[0] is { IsUp: true, IsTrusted: true, ScansInFlight: 0 });
    }

    [Fact]
    public void CanaryInZip_IsTheSameBytesInEveryProcess()
    {
        using var zip = new ZipArchive(new MemoryStream(Canaries.EicarInZip.Content.ToArray()));

        Assert.Equal(new DateTime(1980, 1, 1, 0, 0, 0, DateTimeKind.Unspecified), Assert.Single(zip.Entries).LastWriteTime.DateTime);
    }

    [Fact(Timeout = Patience)]
    public async Task ScannerIsSlowerThanDownAfterToPing_ButAnswersScans_StaysUp()
    {
        await using var clamd = FakeClamd.OnTcp();
        var options = ClamdRig.Quick(clamd.Endpoint);
        (options.DownAfter, options.CanaryInterval) = (OwnLength, TimeSpan.FromDays(1));
        var time = new HurriedTime();
        await using var rig = await ClamdRig.StartAsync(options, time);
        using var unanswered = new SemaphoreSlim(0);
        clamd.OnCommand = async (connection, command) =>
        {
            // In a session it only shows that a scan's reply was the last that came.
            if (command is not "zPING" || connection.IsSession)
            {
                return false;
            }

            unanswered.Release();
            await connection.HangAsync();
            return true;
        };
        for (var pings = 0; pings < 3; pings++)
        {
            await unanswered.WaitAsync(TestContext.Current.CancellationToken);
            time.Advance(options.DownAfter);
            Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1])).Outcome);
            await HurriedTime.RunOffAsync(Assert.Single(time.Running(options.DownAfter)));
        }

        await unanswered.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(rig.Pool.Scanners[0].IsUp);
        Assert.DoesNotContain(rig.Log.Collector.GetSnapshot(), line => line.Id.Id == ScannerIsDown);
    }

    /// <summary>The deadline of a probe that does not end, while the scanner that answers is probed on.</summary>
    private static async Task<ITimer> OutlivingAsync(HurriedTime time, FakeClamd answering)
    {
        while (true)
        {
            var running = time.Running(OwnLength);
            await PingedAsync(answering, 2);
            if (running.Intersect(time.Running(OwnLength)).ToList() is [var outliving])
            {
                return outliving;
            }
        }
    }

    private static async Task PingedAsync(FakeClamd clamd, int more)
    {
        var before = Pings();
        while (Pings() < before + more)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        int Pings() => clamd.Commands.Count(command => command is "zPING");
    }

    private sealed class BreakableTime : TimeProvider
    {
        private bool _isBroken;

        public void BreakOnce() => Volatile.Write(ref _isBroken, true);

        public override long GetTimestamp() =>
            Interlocked.Exchange(ref _isBroken, false) ? throw new InvalidOperationException("a mistake") : base.GetTimestamp();
    }
}
