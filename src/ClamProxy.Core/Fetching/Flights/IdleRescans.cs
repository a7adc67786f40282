using ClamProxy.Core.Files;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// Scans stored files again when signatures are newer than their verdicts, one after another, while the scanners have room. Nothing that
/// goes wrong here stops anything else: the next round tries again.
/// </summary>
internal sealed class IdleRescans(
    ContentStore store,
    IScanners scanners,
    StoredRescan rescan,
    IFlightLeases leases,
    VerdictCutoffs cutoffs,
    GateReport report,
    GateOptions options,
    TimeProvider clock)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!store.IsOn || options.RescanInterval == TimeSpan.Zero)
        {
            return;
        }

        using var pauses = new PeriodicTimer(options.RescanInterval, clock);
        (int? Database, DateTimeOffset Since) done = (null, DateTimeOffset.MinValue);
        try
        {
            while (await pauses.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                var due = (scanners.NewestDatabase, cutoffs.Rescan);
                if (due != done
                    && scanners.CanScan
                    && await TryAsync(due.NewestDatabase, due.Rescan, stoppingToken).ConfigureAwait(false))
                {
                    done = due;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task<bool> TryAsync(int? database, DateTimeOffset since, CancellationToken stopping)
    {
        try
        {
            return await RunAsync(database, since, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            report.RescansBrokenOff(e);
            return false;
        }
    }

    /// <returns>
    /// Whether every file that was stored has a verdict of this database and of after that time now. The first file without one ends the
    /// round.
    /// </returns>
    private async Task<bool> RunAsync(int? database, DateTimeOffset since, CancellationToken stopping)
    {
        var isWhole = true;
        await foreach (var file in store.OlderThanAsync(database, since, stopping).ConfigureAwait(false))
        {
            using (file)
            {
                // Processes that share the folder share the work, where they share a Redis too.
                var attempt = await leases.TryTakeAsync(
                    UrlKey.For($"urn:clamproxy:content:{file.Sha256}", []), stopping).ConfigureAwait(false);
                if (attempt.Outcome == LeaseOutcome.Held)
                {
                    isWhole = false;
                    continue;
                }

                await using var leaseEnd = attempt.Lease.Configured();
                var subject = new ScanSubject($"stored file {file.Sha256}") { IsBackground = true };
                if (await rescan.RunAsync(subject, file, stopping).ConfigureAwait(false) is not ScanDecision.Judged { Verdict: var verdict }
                    || !ScanVerdict.IsLasting(verdict))
                {
                    return false;
                }

                isWhole &= !verdict.IsOlderThan(database) && verdict.ScannedAt >= since;
            }
        }

        return isWhole;
    }
}
