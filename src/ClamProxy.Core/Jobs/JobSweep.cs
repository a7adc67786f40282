using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Objects;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Jobs;

/// <summary>
/// Ends what is over its life (results with their contents), removes contents that no job names and scans that no door waits for any more,
/// and queues again what is pending and was not queued, since its process was killed in between. Several processes may sweep one store at
/// once.
/// </summary>
internal sealed class JobSweep(
    JobStores stores, JobResults results, IScanExchange exchange, JobOptions options, JobReport report, TimeProvider clock)
    : BackgroundService
{
    private const int Page = 500;

    /// <summary>What is younger may be on its way from one step of <see cref="JobIntake"/> to the next.</summary>
    private static readonly TimeSpan s_underWay = TimeSpan.FromMinutes(5);

    /// <summary>What a door waited for it removes itself at that time.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_mostPause = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SweepAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is JobStoreException or IOException or UnauthorizedAccessException)
            {
                report.SweepFailed(e);
            }

            var pause = options.KeepFor / 2;
            await Task.Delay(pause < s_mostPause ? pause : s_mostPause, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task SweepAsync(CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        var ended = await EndOldAsync(now - options.KeepFor, stopping).ConfigureAwait(false);
        var queued = await QueueAgainAsync(now - s_underWay, stopping).ConfigureAwait(false);
        var contents = await RemoveStrayAsync(now - options.KeepFor - s_underWay, stopping).ConfigureAwait(false);
        var scans = await stores.Queue.RemoveOverdueAsync(now - s_grace, stopping).ConfigureAwait(false);
        await exchange.SweepAsync(stopping).ConfigureAwait(false);
        report.Swept(ended + scans, contents, queued);
    }

    private async Task<int> EndOldAsync(DateTimeOffset before, CancellationToken stopping)
    {
        var ended = 0;
        while (true)
        {
            // A job that still waits is ended by its worker, however old it is.
            var page = await stores.Results.ListAsync(new ResultFilter(Until: before), null, Page, stopping).ConfigureAwait(false);
            var old = page.Records.Where(record => record.Outcome is not null).ToList();
            var left = 0;
            foreach (var record in old)
            {
                left += await results.DeleteAsync(record, stopping).ConfigureAwait(false) is null ? 0 : 1;
            }

            ended += old.Count - left;
            if (page.Next is null || left > 0 || old.Count == 0)
            {
                return ended;
            }
        }
    }

    private async Task<int> QueueAgainAsync(DateTimeOffset before, CancellationToken stopping)
    {
        var queued = 0;
        for (string? cursor = null; ;)
        {
            var page = await stores.Results.ListAsync(new ResultFilter(JobStatus.Pending, Until: before), cursor, Page, stopping)
                .ConfigureAwait(false);
            foreach (var record in page.Records)
            {
                queued += await stores.Queue.AddAgainAsync(record.Job, stopping).ConfigureAwait(false) ? 1 : 0;
            }

            if (page.Next is null)
            {
                return queued;
            }

            cursor = page.Next;
        }
    }

    private async Task<int> RemoveStrayAsync(DateTimeOffset before, CancellationToken stopping)
    {
        var removed = 0;
        var overdue = (clock.GetUtcNow() - s_grace).ToUnixTimeMilliseconds();
        await foreach (var content in stores.Objects.ListAsync(stopping).ConfigureAwait(false))
        {
            if (DoorScan.UntilOf(content.Key) is { } until
                ? until < overdue
                : content.PutAt < before && ObjectKey.IdOf(content.Key) is { } id
                    && await stores.Results.FindAsync(id, stopping).ConfigureAwait(false) is null)
            {
                removed += await stores.Objects.DeleteAsync(content.Key, stopping).ConfigureAwait(false) is null ? 1 : 0;
            }
        }

        return removed;
    }
}
