using ClamProxy.Core.Admission;
using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>Several clients, rescans, and fewer slots than they want.</summary>
public sealed class ScanTurnTests
{
    private const int Patience = 30_000;

    [Fact(Timeout = Patience)]
    public async Task OneClientHasAHundredWaiting_AnothersOneWaitsOneScan()
    {
        await using var crowd = new Crowd();
        await using var rig = await ClamdRig.StartAsync(Options(crowd, slots: 1));
        var hog = Enumerable.Range(0, 100).Select(number => ScanAsync(rig, (byte)number, "hog")).ToArray();
        await crowd.UntilAsync(1);
        var other = ScanAsync(rig, 200, "other");
        for (var end = 0; end < 3; end++)
        {
            crowd.LetOneGo();
        }

        Assert.Equal(ScanOutcome.Clean, (await other).Outcome);
        crowd.LetAllGo();
        Assert.All(await Task.WhenAll(hog), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
        Assert.InRange(crowd.Clamd.Contents.Select(content => (int)content[0]).ToList().IndexOf(200), 1, 2);
    }

    [Fact(Timeout = Patience)]
    public async Task QueueIsFull_TheClientWithTheMostLosesItsNewest()
    {
        await using var crowd = new Crowd();
        var options = Options(crowd, slots: 1);
        options.MaxWaitingScans = 3;
        await using var rig = await ClamdRig.StartAsync(options);
        var hog = Enumerable.Range(0, 4).Select(number => ScanAsync(rig, (byte)number, "hog")).ToArray();
        Assert.Equal(ScanOutcome.Busy, (await ScanAsync(rig, 9, "hog")).Outcome);
        var other = ScanAsync(rig, 200, "other");
        Assert.Equal(ScanOutcome.Busy, (await hog[3]).Outcome);
        var third = ScanAsync(rig, 201, "third");
        Assert.Equal(ScanOutcome.Busy, (await hog[2]).Outcome);
        Assert.Equal(ScanOutcome.Busy, (await ScanAsync(rig, 202, "fourth")).Outcome);
        Assert.Equal(3, rig.Pool.Slots.Waiting);
        crowd.LetAllGo();
        Assert.All(await Task.WhenAll(hog[0], hog[1], other, third), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
    }

    [Fact(Timeout = Patience)]
    public async Task Rescan_WaitsUntilNoClientDoes()
    {
        await using var crowd = new Crowd();
        await using var rig = await ClamdRig.StartAsync(Options(crowd, slots: 1));
        var first = ScanAsync(rig, 1, "a");
        await crowd.UntilAsync(1);
        var rescan = RescanAsync(rig, 100);
        var later = ScanAsync(rig, 2, "b");
        Assert.Equal(2, rig.Pool.Slots.Waiting);
        crowd.LetOneGo();
        await crowd.UntilAsync(2);
        crowd.LetOneGo();
        await crowd.UntilAsync(3);
        crowd.LetAllGo();
        Assert.All(await Task.WhenAll(first, later, rescan), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
        Assert.Equal([1, 2, 100], crowd.Clamd.Contents.Select(content => (int)content[0]));
    }

    [Fact(Timeout = Patience)]
    public async Task FailedScanWaitsForTheOtherScanner_RescansWaitThoughThisOneIsIdle()
    {
        await using var one = new Crowd();
        await using var two = new Crowd();
        var options = ClamdRig.Quick(one.Clamd.Endpoint, two.Clamd.Endpoint);
        (options.MaxScansPerHost, options.MaxLargeScansPerHost) = (1, 1);
        await using var rig = await ClamdRig.StartAsync(options);
        var slots = rig.Pool.Slots;
        var busy = (await slots.WaitAsync(ClamdRig.Content([1]), [rig.Pool.Hosts[0]], CancellationToken.None)).Lease!;
        var repeat = slots.WaitAsync(ClamdRig.Content([2]), [rig.Pool.Hosts[0]], CancellationToken.None);
        var rescan = slots.WaitAsync(ClamdRig.Content([3]) with { IsBackground = true }, [], CancellationToken.None);
        Assert.Equal(2, slots.Waiting);
        busy.Dispose();
        using var second = (await repeat).Lease;
        using var third = (await rescan).Lease;
        Assert.Equal((two.Clamd.Endpoint, one.Clamd.Endpoint), (second!.Host.Name, third!.Host.Name));
    }

    [Fact(Timeout = Patience)]
    public async Task Rescans_AreBoundedAndTakeNoClientsSlot()
    {
        await using var crowd = new Crowd();
        await using var rig = await ClamdRig.StartAsync(Options(crowd, slots: 2));
        var rescans = new[] { RescanAsync(rig, 100), RescanAsync(rig, 101) };
        await crowd.UntilAsync(1);
        var clients = new[] { ScanAsync(rig, 1, "a"), ScanAsync(rig, 2, "b") };
        await crowd.UntilAsync(3);
        Assert.Equal((3, 1), (rig.Pool.Slots.InFlight, rig.Pool.Slots.Waiting));
        Assert.Equal([1, 2, 100], crowd.Clamd.Contents.Select(content => (int)content[0]).Order());
        crowd.LetAllGo();
        Assert.All(await Task.WhenAll([.. rescans, .. clients]), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
    }

    [Fact(Timeout = Patience)]
    public async Task RescansWait_ClientsKeepTheirWaitingPlaces()
    {
        await using var crowd = new Crowd();
        var options = Options(crowd, slots: 1);
        options.MaxWaitingScans = 2;
        await using var rig = await ClamdRig.StartAsync(options);
        var first = ScanAsync(rig, 1, "a");
        await crowd.UntilAsync(1);
        var rescans = new[] { RescanAsync(rig, 100), RescanAsync(rig, 101) };
        Assert.Equal(ScanOutcome.Busy, (await RescanAsync(rig, 102)).Outcome);
        var clients = new[] { ScanAsync(rig, 2, "a"), ScanAsync(rig, 3, "a") };
        Assert.Equal(4, rig.Pool.Slots.Waiting);
        crowd.LetAllGo();
        Assert.All(await Task.WhenAll([first, .. rescans, .. clients]), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
    }

    [Fact(Timeout = Patience)]
    public async Task LargeOnesOfOneClientWait_SmallOnesOfAllPassThem()
    {
        await using var crowd = new Crowd(content => content.Length > 10);
        var options = Options(crowd, slots: 2);
        (options.MaxLargeScansPerHost, options.SmallScan) = (1, 10);
        await using var rig = await ClamdRig.StartAsync(options);
        var large = Enumerable.Range(0, 5).Select(
            _ => rig.Pool.ScanAsync(ClamdRig.Content(new byte[100]) with { Client = "a" }, default)).ToArray();
        await crowd.UntilAsync(1);
        for (byte number = 1; number < 10; number++)
        {
            Assert.Equal(ScanOutcome.Clean, (await ScanAsync(rig, number, number % 2 == 0 ? "a" : "b")).Outcome);
        }

        Assert.Equal((1, 4), (rig.Pool.Slots.InFlight, rig.Pool.Slots.Waiting));
        crowd.LetAllGo();
        Assert.All(await Task.WhenAll(large), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
    }

    [Fact(Timeout = Patience)]
    public async Task SomeLeaveTheQueue_TheOthersKeepTheirOrder()
    {
        await using var crowd = new Crowd();
        await using var rig = await ClamdRig.StartAsync(Options(crowd, slots: 1));
        var first = ScanAsync(rig, 1, "a");
        await crowd.UntilAsync(1);
        using var leaving = new CancellationTokenSource();
        var left = ScanAsync(rig, 2, "a", leaving.Token);
        var rest = new[] { ScanAsync(rig, 3, "b"), ScanAsync(rig, 4, "a"), ScanAsync(rig, 5, "b") };
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        crowd.LetAllGo();
        Assert.All(await Task.WhenAll([first, .. rest]), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
        Assert.Equal([1, 4, 3, 5], crowd.Clamd.Contents.Select(content => (int)content[0]));
    }

    [Fact(Timeout = Patience)]
    public async Task AnotherWantsTheLastOfALongRow_ItIsScannedNext()
    {
        await using var crowd = new Crowd();
        await using var rig = await ClamdRig.StartAsync(Options(crowd, slots: 1));
        var hog = Enumerable.Range(0, 50).Select(number => ScanAsync(rig, (byte)number, "hog")).ToArray();
        await crowd.UntilAsync(1);
        var wanted = WaitingClients.Of("hog");
        var last = rig.Pool.ScanAsync(ClamdRig.Content([200]) with { WantedBy = wanted }, default);

        wanted.Add("other");
        for (var end = 0; end < 2; end++)
        {
            crowd.LetOneGo();
        }

        await crowd.UntilAsync(3);
        crowd.LetAllGo();

        Assert.All(await Task.WhenAll([last, .. hog]), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
        Assert.InRange(crowd.Clamd.Contents.Select(content => (int)content[0]).ToList().IndexOf(200), 1, 2);
    }

    [Fact(Timeout = Patience)]
    public async Task OnlyTheHogStays_ItsContentGoesBackToItsRow()
    {
        await using var crowd = new Crowd();
        await using var rig = await ClamdRig.StartAsync(Options(crowd, slots: 1));
        var hog = Enumerable.Range(0, 5).Select(number => ScanAsync(rig, (byte)number, "hog")).ToArray();
        await crowd.UntilAsync(1);
        var wanted = WaitingClients.Of("hog");
        wanted.Add("other");
        var last = rig.Pool.ScanAsync(ClamdRig.Content([200]) with { WantedBy = wanted }, default);

        wanted.Remove("other");
        crowd.LetAllGo();

        Assert.All(await Task.WhenAll([last, .. hog]), report => Assert.Equal(ScanOutcome.Clean, report.Outcome));
        Assert.Equal(200, crowd.Clamd.Contents.Last()[0]);
    }

    private static ClamdOptions Options(Crowd crowd, int slots)
    {
        var options = ClamdRig.Quick(crowd.Clamd.Endpoint);
        (options.MaxScansPerHost, options.MaxLargeScansPerHost) = (slots, slots);
        return options;
    }

    private static Task<ScanReport> ScanAsync(ClamdRig rig, byte content, string client, CancellationToken cancellationToken = default) =>
        rig.Pool.ScanAsync(ClamdRig.Content([content]) with { Client = client }, cancellationToken);

    private static Task<ScanReport> RescanAsync(ClamdRig rig, byte content) =>
        rig.Pool.ScanAsync(ClamdRig.Content([content]) with { IsBackground = true }, default);
}
