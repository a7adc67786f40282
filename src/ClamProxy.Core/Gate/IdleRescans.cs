using ClamProxy.Core.Clamd;
using ClamProxy.Core.Store;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Gate;

/// <summary>Scans stored files again when signatures are newer than their verdicts, one after another, while the scanners have nothing else to do.</summary>
internal sealed class IdleRescans(
    ContentStore store, ClamdPool scanners, StoredRescan rescan, GateOptions options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!store.IsOn || options.RescanInterval == TimeSpan.Zero)
        {
            return;
        }

        using var pauses = new PeriodicTimer(options.RescanInterval, clock);
        int? done = null;
        try
        {
            while (await pauses.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                if (scanners.NewestDatabase is { } database && database != done && await RunAsync(database, stoppingToken).ConfigureAwait(false))
                {
                    done = database;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    /// <returns>Whether every file that was stored has a verdict of this database now.</returns>
    private async Task<bool> RunAsync(int database, CancellationToken stopping)
    {
        var isWhole = true;
        await foreach (var file in store.OlderThanAsync(database, DateTimeOffset.MinValue, stopping).ConfigureAwait(false))
        {
            using (file)
            {
                var (_, failure) = await rescan.RunAsync(file, null, isBackground: true, stopping).ConfigureAwait(false);
                isWhole &= failure is null;
            }
        }

        return isWhole;
    }
}
