using System.Runtime.CompilerServices;
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

    /// <summary>After so many contents that could not be removed the store is left alone until the next time.</summary>
    private const int MostFailures = 10;

    /// <summary>What is younger may be on its way from one step of <see cref="JobIntake"/> to the next.</summary>
    private static readonly TimeSpan s_underWay = TimeSpan.FromMinutes(5);

    /// <summary>What a door waited for it removes itself at that time.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_mostPause = TimeSpan.FromMinutes(10);

    /// <summary>A store that cannot be reached for a moment, such as while this process starts, must not cost a whole pause.</summary>
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.KeepFor / 2 < s_mostPause ? options.KeepFor / 2 : s_mostPause;
            try
            {
                await SweepAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it is, and whoever wrote it: it must not end the process, and the next one as well.
                report.SweepFailed(e);
                pause = s_pauseAfterFailure;
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        var (ended, failed) = (0, 0);
        await foreach (var record in RecordsAsync(new ResultFilter(Until: before), stopping).ConfigureAwait(false))
        {
            // A job that still waits is ended by its worker, however old it is.
            if (record.Outcome is null)
            {
                continue;
            }

            var isLeft = await results.DeleteAsync(record, stopping).ConfigureAwait(false) is not null;
            (ended, failed) = isLeft ? (ended, failed + 1) : (ended + 1, failed);
            if (failed == MostFailures)
            {
                break;
            }
        }

        return ended;
    }

    private async Task<int> QueueAgainAsync(DateTimeOffset before, CancellationToken stopping)
    {
        var queued = 0;
        await foreach (var record in RecordsAsync(new ResultFilter(JobStatus.Pending, Until: before), stopping).ConfigureAwait(false))
        {
            queued += await stores.Queue.AddAgainAsync(record.Job, stopping).ConfigureAwait(false) ? 1 : 0;
        }

        return queued;
    }

    private async IAsyncEnumerable<JobRecord> RecordsAsync(ResultFilter filter, [EnumeratorCancellation] CancellationToken stopping)
    {
        string? cursor = null;
        do
        {
            var page = await stores.Results.ListAsync(filter, cursor, Page, stopping).ConfigureAwait(false);
            foreach (var record in page.Records)
            {
                yield return record;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private async Task<int> RemoveStrayAsync(DateTimeOffset before, CancellationToken stopping)
    {
        var removed = 0;
        var overdue = (clock.GetUtcNow() - s_grace).ToUnixTimeMilliseconds();

        // Where each machine has results of its own, or other producers queue jobs (Kafka), a job that waits may be known to the queue
        // alone: what is as old as the oldest one there, or older than nobody knows what, may be its content.
        var queue = await stores.Queue.StateAsync(stopping).ConfigureAwait(false);
        before = queue.Jobs == 0 ? before : Earlier(before, (queue.OldestAt ?? DateTimeOffset.MinValue + s_underWay) - s_underWay);
        await foreach (var content in stores.Objects.ListAsync(stopping).ConfigureAwait(false))
        {
            if (DoorScan.UntilOf(content.Key) is { } until
                ? until < overdue
                : content.PutAt < before && ObjectKey.IdOf(content.Key) is { } id
                    && await IsUnknownAsync(id, stopping).ConfigureAwait(false))
            {
                removed += await stores.Objects.DeleteAsync(content.Key, stopping).ConfigureAwait(false) is null ? 1 : 0;
            }
        }

        return removed;
    }

    /// <summary>What cannot be read is no reason to remove anything.</summary>
    private async Task<bool> IsUnknownAsync(string id, CancellationToken stopping)
    {
        try
        {
            return await stores.Results.FindAsync(id, stopping).ConfigureAwait(false) is null;
        }
        catch (JobStoreException)
        {
            return false;
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
