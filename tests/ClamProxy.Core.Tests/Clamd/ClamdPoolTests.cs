using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>Several scanners, and more work than they take.</summary>
public sealed class ClamdPoolTests
{
    private const int Patience = 30_000;

    [Fact(Timeout = Patience)]
    public async Task OneScannerFailsEveryScan_TheOtherAnswersAll()
    {
        await using var bad = FakeClamd.OnTcp();
        await using var good = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(bad.Endpoint, good.Endpoint));
        bad.OnContent = (connection, _) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        };
        var reports = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => rig.ScanAsync([(byte)number])));
        Assert.All(reports, report => Assert.Equal((ScanOutcome.Clean, good.Endpoint), (report.Outcome, report.Scanner)));
        Assert.Equal(100, good.Contents.Count);
    }

    [Fact(Timeout = Patience)]
    public async Task ScannerThatRefuses_IsDownAtOnceAndComesBackByAProbe()
    {
        await using var one = FakeClamd.OnTcp();
        await using var two = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(one.Endpoint, two.Endpoint));
        one.Stop();
        for (var number = 0; number < 20; number++)
        {
            Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([(byte)number])).Outcome);
        }

        await rig.UntilAsync(scanners => !scanners[0].IsUp);
        Assert.NotNull(rig.Pool.Scanners[0].Trouble);
        one.Listen();
        await rig.UntilAsync(scanners => scanners[0] is { IsUp: true, IsTrusted: true, Trouble: null });
    }

    [Fact(Timeout = Patience)]
    public async Task AllScannersDown_IsUnavailableAtOnce()
    {
        await using var clamd = FakeClamd.OnTcp();
        clamd.Stop();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        var report = await rig.ScanAsync([1]);
        Assert.Equal(ScanOutcome.Unavailable, report.Outcome);
        Assert.Equal("No scanner available: connection refused.", report.Detail);
        Assert.Null(rig.Pool.NewestDatabase);
    }

    [Fact(Timeout = Patience)]
    public async Task ErrorOnOneScanner_IsTriedOnceMoreElsewhere()
    {
        await using var full = FakeClamd.OnTcp();
        await using var good = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(full.Endpoint, good.Endpoint));
        full.OnContent = (connection, _) => connection.ReplyAsync("Error writing to temporary file ERROR\0");
        for (var number = 0; number < 10; number++)
        {
            Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([(byte)number])).Outcome);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task ErrorTwice_IsAnErrorAndNotTriedAgain()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Can't write to file ERROR\0");
        var report = await rig.ScanAsync([1]);
        Assert.Equal((ScanOutcome.Error, 2), (report.Outcome, clamd.Contents.Count));
    }

    [Fact(Timeout = Patience)]
    public async Task EveryScanFails_AttemptsAreBounded()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        clamd.OnContent = (_, _) => Task.CompletedTask;
        Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([1])).Outcome);
        Assert.InRange(clamd.Contents.Count, 1, 3);
    }

    [Fact(Timeout = Patience)]
    public async Task WorkGoesToTheLeastBusy_AndNeverOverTheBound()
    {
        await using var one = new Crowd();
        await using var two = new Crowd();
        var options = ClamdRig.Quick(one.Clamd.Endpoint, two.Clamd.Endpoint);
        options.MaxScansPerHost = 3;
        options.MaxLargeScansPerHost = 3;
        await using var rig = await ClamdRig.StartAsync(options);
        var scans = Enumerable.Range(0, 7).Select(number => rig.ScanAsync([(byte)number])).ToArray();
        await one.UntilAsync(3);
        await two.UntilAsync(3);
        Assert.Equal([3, 3], rig.Pool.Scanners.Select(scanner => scanner.ScansInFlight));
        two.LetOneGo();
        await two.UntilAsync(4);
        one.LetAllGo();
        two.LetAllGo();
        Assert.All(await Task.WhenAll(scans), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
        Assert.Equal((3, 4), (one.Clamd.Contents.Count, two.Clamd.Contents.Count));
    }

    [Fact(Timeout = Patience)]
    public async Task QueueIsFull_TheNextIsBusyAtOnce()
    {
        await using var crowd = new Crowd();
        var options = ClamdRig.Quick(crowd.Clamd.Endpoint);
        (options.MaxScansPerHost, options.MaxLargeScansPerHost, options.MaxWaitingScans) = (1, 1, 2);
        await using var rig = await ClamdRig.StartAsync(options);
        var scans = Enumerable.Range(0, 3).Select(number => rig.ScanAsync([(byte)number])).ToArray();
        Assert.Equal(ScanOutcome.Busy, (await rig.ScanAsync([9])).Outcome);
        crowd.LetAllGo();
        Assert.All(await Task.WhenAll(scans), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
        Assert.Equal([0, 1, 2], crowd.Clamd.Contents.Select(content => (int)content[0]));
    }

    [Fact(Timeout = Patience)]
    public async Task TurnDoesNotCome_IsBusyAfterScanWait()
    {
        await using var crowd = new Crowd();
        var options = ClamdRig.Quick(crowd.Clamd.Endpoint);
        (options.MaxScansPerHost, options.MaxLargeScansPerHost, options.ScanWait) = (1, 1, TimeSpan.FromSeconds(0.2));
        await using var rig = await ClamdRig.StartAsync(options);
        var first = rig.ScanAsync([1]);
        await crowd.UntilAsync(1);
        Assert.Equal(ScanOutcome.Busy, (await rig.ScanAsync([2])).Outcome);
        crowd.LetAllGo();
        Assert.Equal(ScanOutcome.Clean, (await first).Outcome);
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([3])).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task LargeScansTakeAllTheirSlots_SmallOnesStillPass()
    {
        await using var crowd = new Crowd(content => content.Length > 10);
        var options = ClamdRig.Quick(crowd.Clamd.Endpoint);
        (options.MaxScansPerHost, options.MaxLargeScansPerHost, options.SmallScan) = (3, 2, 10);
        await using var rig = await ClamdRig.StartAsync(options);
        var large = Enumerable.Range(0, 4).Select(number => rig.ScanAsync(new byte[100 + number])).ToArray();
        await crowd.UntilAsync(2);
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1])).Outcome);
        Assert.Equal(2, rig.Pool.Scanners[0].ScansInFlight);
        crowd.LetAllGo();
        Assert.All(await Task.WhenAll(large), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
    }

    [Fact(Timeout = Patience)]
    public async Task ContentThatOneScannerFailed_GoesToTheOtherHoweverBusy()
    {
        await using var one = FakeClamd.OnTcp();
        await using var two = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(one.Endpoint, two.Endpoint));
        for (var number = 0; number < 5; number++)
        {
            var turn = await rig.Pool.Slots.WaitAsync(ClamdRig.Content([1]), [rig.Pool.Hosts[0]], TestContext.Current.CancellationToken);
            Assert.Equal(two.Endpoint, turn.Lease?.Host.Name);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task OneContentBreaksTheOnlyScanner_TheOthersAreStillScanned()
    {
        await using var clamd = FakeClamd.OnTcp();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.Endpoint));
        clamd.OnContent = (connection, content) => content[0] == 66 ? Task.CompletedTask : connection.ReplyAsync("stream: OK\0");
        for (var number = 0; number < 10; number++)
        {
            Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([66])).Outcome);
            Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1])).Outcome);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task OneScannerIsSilentFromTheStart_TheOtherWorksAtOnce()
    {
        await using var silent = FakeClamd.OnTcp();
        await using var good = FakeClamd.OnTcp();
        silent.Freeze();
        var options = ClamdRig.Quick(silent.Endpoint, good.Endpoint);
        options.DownAfter = TimeSpan.FromMinutes(10);
        await using var rig = ClamdRig.Start(options);
        Assert.Equal((ScanOutcome.Clean, good.Endpoint), ((await rig.ScanAsync([1])).Outcome, rig.Pool.Scanners[1].Endpoint));
        Assert.False(rig.Pool.Scanners[0].IsUp);
    }

    [Fact(Timeout = Patience)]
    public async Task CallerLeavesTheQueue_NothingIsLost()
    {
        await using var crowd = new Crowd();
        var options = ClamdRig.Quick(crowd.Clamd.Endpoint);
        (options.MaxScansPerHost, options.MaxLargeScansPerHost) = (1, 1);
        await using var rig = await ClamdRig.StartAsync(options);
        var first = rig.ScanAsync([1]);
        await crowd.UntilAsync(1);
        using var leaving = new CancellationTokenSource();
        var second = rig.ScanAsync([2], leaving.Token);
        var third = rig.ScanAsync([3]);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        crowd.LetAllGo();
        Assert.Equal([ScanOutcome.Clean, ScanOutcome.Clean], [(await first).Outcome, (await third).Outcome]);
        Assert.Equal(2, crowd.Clamd.Contents.Count);
    }

    [Fact(Timeout = Patience)]
    public async Task CallerLeavesAScan_ItsSlotStaysTakenUntilClamdIsDone()
    {
        await using var crowd = new Crowd();
        var options = ClamdRig.Quick(crowd.Clamd.Endpoint);
        (options.MaxScansPerHost, options.MaxLargeScansPerHost) = (1, 1);
        await using var rig = await ClamdRig.StartAsync(options);
        using var leaving = new CancellationTokenSource();
        var left = rig.ScanAsync([1], leaving.Token);
        await crowd.UntilAsync(1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        var next = rig.ScanAsync([2]);
        Assert.Equal((1, 1), (rig.Pool.Slots.InFlight, rig.Pool.Slots.Waiting));
        crowd.LetOneGo();
        await crowd.UntilAsync(2);
        crowd.LetAllGo();
        Assert.Equal(ScanOutcome.Clean, (await next).Outcome);
        await rig.UntilAsync(scanners => scanners[0].ScansInFlight == 0);
    }

    [Fact(Timeout = Patience)]
    public async Task AbandonedScanNeverEnds_ItsSlotIsFreeAfterABound()
    {
        await using var crowd = new Crowd();
        var options = ClamdRig.Quick(crowd.Clamd.Endpoint);
        options.AbandonedScanTime = TimeSpan.FromSeconds(0.2);
        await using var rig = await ClamdRig.StartAsync(options);
        using var leaving = new CancellationTokenSource();
        var left = rig.ScanAsync([1], leaving.Token);
        await crowd.UntilAsync(1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await rig.UntilAsync(scanners => scanners[0].ScansInFlight == 0);
    }
}
