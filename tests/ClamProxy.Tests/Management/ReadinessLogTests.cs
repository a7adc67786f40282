using ClamProxy.Management;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Tests.Management;

/// <summary>When /readyz turns, the log says so and why, once.</summary>
public sealed class ReadinessLogTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task SignaturesGrowTooOld_IsLoggedOnceAndSoIsTheirRenewal()
    {
        var report = ManagementHost.Ready;
        var asked = new SemaphoreSlim(0);
        var clock = new TimerClock(Interval);
        await using var host = await ManagementHost.StartAsync(
            () =>
            {
                asked.Release();
                return report;
            },
            clock);
        using var log = new FakeLoggerProvider();
        host.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        var old = report with { Scanners = [report.Scanners[0] with { IsTooOld = true }] };

        // The watch sets its timer in a task of its own.
        await clock.IsSet.WaitAsync(Limit, TestContext.Current.CancellationToken);
        foreach (var next in new[] { report, old, old, ManagementHost.Ready, ManagementHost.Ready })
        {
            report = next;
            clock.Advance(Interval);
            Assert.True(await asked.WaitAsync(Limit, TestContext.Current.CancellationToken));
        }

        // The line of a look is there at the latest when the next look begins.
        Assert.Equal(
            [
                "NOT READY, /readyz answers 503: signatures are older than SIGNATURE_MAX_AGE: has freshclam run?",
                "Ready again, /readyz answers 200",
            ],
            log.Collector.GetSnapshot().Where(line => line.Id.Id is 7501 or 7502).Select(line => line.Message));
    }

    [Fact]
    public void FullDiskOfTheSpool_MakesUnready_AndOneOfTheStoreDoesNot()
    {
        var ofStore = ManagementHost.Ready with { Disks = [new("store", "/s", "the disk of /s is full", IsNeeded: false)] };
        var ofSpool = ofStore with { Disks = [.. ofStore.Disks, new("spool", "/t", "the disk of /t is full", IsNeeded: true)] };

        Assert.Equal((null, "the disk of /t is full"), (ofStore.Problem, ofSpool.Problem));
        Assert.Contains("/s", System.Text.Encoding.UTF8.GetString(ReadinessWriter.Write(ofStore, default)), StringComparison.Ordinal);
    }
}
