using System.Collections.Concurrent;
using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Clamd;

/// <summary>Two real scanners under load while one of them is killed, frozen, reloaded: not one wrong verdict, and no scan is lost while
/// the other works.</summary>
public sealed class ClamdUnderLoadTests
{
    private const int Patience = 180_000;
    private const int Clients = 6;

    [Fact(Timeout = Patience)]
    public async Task OneOfTwoIsKilledAndStartedAgain_NoVerdictIsWrongAndNoneIsLost() => await UnderLoadAsync(async (one, rig) =>
    {
        await one.Process.KillAsync();
        await rig.UntilAsync(scanners => !scanners[0].IsUp);
        await one.StartAgainAsync();
        await rig.UntilAsync(scanners => scanners[0] is { IsUp: true, IsTrusted: true });
    });

    [Fact(Timeout = Patience)]
    public async Task OneOfTwoIsStoppedAndGoesOn_NoVerdictIsWrongAndNoneIsLost() => await UnderLoadAsync(async (one, rig) =>
    {
        one.Process.Freeze();
        await rig.UntilAsync(scanners => !scanners[0].IsUp);
        one.Process.Thaw();
        await rig.UntilAsync(scanners => scanners[0] is { IsUp: true, IsTrusted: true });
    });

    [Fact(Timeout = Patience)]
    public async Task OneOfTwoIsReloaded_NoVerdictIsWrongAndNoneIsLost() => await UnderLoadAsync(async (one, rig) =>
    {
        await one.SetDatabaseVersionAsync(27900);
        await rig.UntilAsync(scanners => scanners[0] is { IsTrusted: true, Version.Database: 27900 });
        Assert.Equal(27900, rig.Pool.NewestDatabase);
    });

    [Fact(Timeout = Patience)]
    public async Task TheOnlyOneIsKilled_NothingIsCleanUntilItIsBack()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.TcpEndpoint));
        await clamd.Process.KillAsync();
        Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([1, 2, 3])).Outcome);
        await clamd.StartAgainAsync();
        await rig.UntilAsync(scanners => scanners[0].IsTrusted);
        Assert.Equal(ScanOutcome.Clean, (await rig.ScanAsync([1, 2, 3])).Outcome);
    }

    [Fact(Timeout = Patience)]
    public async Task StartedAgainWithSilentLimits_LosesItsWork()
    {
        await using var clamd = await ClamdProcess.StartAsync();
        await using var rig = await ClamdRig.StartAsync(ClamdRig.Quick(clamd.TcpEndpoint));
        await clamd.Process.KillAsync();
        await rig.UntilAsync(scanners => !scanners[0].IsUp);
        await clamd.StartAgainAsync("AlertExceedsMax no");
        await rig.UntilAsync(scanners => scanners[0].IsUp);
        Assert.Equal(ScanOutcome.Unavailable, (await rig.ScanAsync([1, 2, 3])).Outcome);
    }

    private static async Task UnderLoadAsync(Func<ClamdProcess, ClamdRig, Task> disturb)
    {
        await using var one = await ClamdProcess.StartAsync();
        await using var two = await ClamdProcess.StartAsync();
        var options = ClamdRig.Quick(one.UnixEndpoint, two.TcpEndpoint);

        // The usual time: a shorter one would call the scanner down that is only slow under this load.
        options.DownAfter = new ClamdOptions().DownAfter;
        await using var rig = await ClamdRig.StartAsync(options);
        using var end = new CancellationTokenSource();
        var wrong = new ConcurrentQueue<string>();
        var scans = 0;
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => ScanOnAsync(client))).ToArray();
        while (Volatile.Read(ref scans) < 50)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await disturb(one, rig);
        var before = Volatile.Read(ref scans);
        while (Volatile.Read(ref scans) < before + 50)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await end.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(wrong);

        async Task ScanOnAsync(int client)
        {
            for (var number = 0; !end.IsCancellationRequested; number++)
            {
                var isInfected = number % 3 == 0;
                byte[] content = [.. Samples.Clean((client * 1_000_000) + number, 20_000), .. isInfected ? Eicar.Bytes : []];
                var report = await rig.ScanAsync(content);
                if (report.Outcome != (isInfected ? ScanOutcome.Found : ScanOutcome.Clean))
                {
                    wrong.Enqueue($"{isInfected}: {report}");
                }

                Interlocked.Increment(ref scans);
            }
        }
    }
}
