using ClamProxy.Core.Clamd;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>Tells the doors of other processes every few seconds that workers are here, and which signatures they have.</summary>
internal sealed class WorkerReporting(
    IScanExchange exchange, ClamdPool scanners, VerdictCutoffs cutoffs, DoorScanReport report, TimeProvider clock) : BackgroundService
{
    public WorkerReport Report
    {
        get
        {
            var working = scanners.Scanners.Where(scanner => scanner is { IsUp: true, IsTrusted: true });
            var newest = working.MaxBy(scanner => scanner.Version?.Database ?? 0);
            return new WorkerReport(
                ProcessName.Own,
                newest is not null,
                newest?.Version?.Engine,
                scanners.NewestDatabase,
                newest?.Version?.DatabaseDate,
                Math.Max(0, cutoffs.Rescan.ToUnixTimeMilliseconds()));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await scanners.WaitForFirstProbeAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var pauses = new PeriodicTimer(WorkerRoster.Every, clock);
        var isTold = true;
        try
        {
            do
            {
                isTold = await TellAsync(isTold, stoppingToken).ConfigureAwait(false);
            }
            while (await pauses.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops: its report ends by itself.
        }
    }

    private async Task<bool> TellAsync(bool wasTold, CancellationToken stopping)
    {
        try
        {
            await exchange.ReportAsync(Report, WorkerRoster.Life, stopping).ConfigureAwait(false);
            return true;
        }
        catch (JobStoreException e)
        {
            if (wasTold)
            {
                report.NotReported(e);
            }

            return false;
        }
    }
}
