using System.Diagnostics;
using System.Reflection;
using ClamProxy.Admin.Scanners;
using ClamProxy.Core.Clamd;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Management;

namespace ClamProxy.Admin.Settings;

/// <summary>How the process is, at a glance.</summary>
internal sealed class StatusOperation(
    Func<ReadinessReport> readiness,
    ContentGate gate,
    ContentStore store,
    StoreOptions bounds,
    SpoolFolder spool,
    TimeProvider clock,
    ClamdPool? pool = null)
{
    private readonly DateTimeOffset _startedAt = StartedAt();

    public AdminOperation Operation => new(
        "status", "GET", "/status", "How the process is: readiness, scanners, downloads, disks, queue", AdminJson.Default.StatusAnswer,
        (_, _) => Task.FromResult(AdminAnswer.Of(Status(), AdminJson.Default.StatusAnswer)));

    private StatusAnswer Status()
    {
        var (report, now) = (readiness(), clock.GetUtcNow());
        return new(
            typeof(StatusOperation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
                ?? "",
            _startedAt,
            report.IsReady,
            report.Problem,
            gate.Flights,
            new ScannerListAnswer(
                [.. (pool?.Scanners ?? []).Select(state => ScannerAnswer.Of(state, now))],
                pool?.WaitingScans ?? 0),
            store.IsOn
                ? new StoreAnswer(store.Usage.Bytes, bounds.Size, store.Usage.Files, store.Usage.Entries, store.Problem)
                : null,
            new SpaceAnswer(spool.DiskUsage.InUse, spool.DiskUsage.Total, spool.Problem),
            report.Store.Problem,
            report.Queue?.Problem,
            report.Configuration?.Problem);
    }

    private static DateTimeOffset StartedAt()
    {
        using var process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }
}
