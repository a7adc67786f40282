using ClamProxy.Core.Admission;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Objects;

namespace ClamProxy.Core.Jobs;

/// <summary>
/// One job that was taken, to its end.
/// <code>
///   taken ──► 1 has an outcome, or was deleted ──yes────────────────┐
///               │no                                                 │
///               ▼                                                   ▼
///             2 content here ──► 3 scanned ──► 4 outcome recorded ──► 5 callbacks due ──► 6 content moved ──► 7 completed
///               │failed            │failed
///               └──────────────────┴──► given back, to be tried again; the last time: ERROR
/// </code>
/// Killed at any place, the job is handed out again, and goes on behind what was recorded. What doors of other processes wait for goes by
/// <see cref="DoorScanWork"/>.
/// </summary>
internal sealed class JobWork(
    JobStores stores,
    JobScan scan,
    DoorScanWork doors,
    JobCallbacks callbacks,
    JobOptions options,
    JobReport report,
    TimeProvider clock)
{
    /// <param name="worker">Who does it, for its result.</param>
    /// <param name="isOver">Cancelled when the job is no longer this worker's, or the worker is to stop.</param>
    /// <exception cref="JobStoreException">A store failed: the job comes again when its lease ends.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(TakenJob taken, string worker, CancellationToken isOver)
    {
        if (taken.Job.Door is { } door)
        {
            await doors.RunAsync(taken, door, PauseAfter(taken.Attempt), isOver).ConfigureAwait(false);
            return;
        }

        // Step 1: has an outcome, or was deleted? A job of ours is known before it is queued.
        var started = clock.GetTimestamp();
        var job = taken.Job;
        var known = await stores.Results.FindAsync(job.Id, isOver).ConfigureAwait(false);
        var outcome = known?.Outcome;
        if (known is not null && known.Job.Key != job.Key)
        {
            // Another producer gave two contents one id: what is known of the first says nothing of this one, which stays where it is.
            report.IdUsedTwice(job);
            await stores.Queue.CompleteAsync(taken, isOver).ConfigureAwait(false);
            return;
        }

        if (known is null && await IsOverAsync(job, isOver).ConfigureAwait(false))
        {
            await stores.Queue.CompleteAsync(taken, isOver).ConfigureAwait(false);
            return;
        }

        if (known is { Outcome: null } || (known is null && taken.MayBeUnknown))
        {
            var end = await scan.RunAsync(taken, isOver).ConfigureAwait(false);
            if (end is null)
            {
                await stores.Queue.ReturnAsync(taken, PauseAfter(taken.Attempt), isOver).ConfigureAwait(false);
                return;
            }

            // Step 4: outcome recorded
            outcome = end with { Worker = worker, WorkTime = clock.GetElapsedTime(started) };
            var isFirst = await (taken.MayBeUnknown
                ? stores.Results.FinishAsync(job, outcome, isOver)
                : stores.Results.FinishKnownAsync(job, outcome, isOver)).ConfigureAwait(false);
            if (!isFirst)
            {
                outcome = (await stores.Results.FindAsync(job.Id, isOver).ConfigureAwait(false))?.Outcome;
            }

            report.Finished(job, outcome ?? end);
        }

        await SettleAsync(taken, outcome, isOver).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether a job that is not known had a result once, which is over its life, and its content with it: it was done, and its queue was
    /// not told so. Another result, that there is no content, would be the job's second one.
    /// </summary>
    private async Task<bool> IsOverAsync(Job job, CancellationToken isOver)
    {
        if (job.Url is not null || clock.GetUtcNow() - job.AcceptedAt <= options.KeepFor)
        {
            return false;
        }

        var content = await stores.Objects.OpenAsync(job.Key, WaitingClients.Of(job.Client), isOver).ConfigureAwait(false);
        (content as ObjectContent.Here)?.Content.Dispose();
        return content is ObjectContent.Missing;
    }

    /// <summary>How long it rests after so many tries.</summary>
    private TimeSpan PauseAfter(int attempt) => options.RetryPause * Math.Pow(2, Math.Min(attempt, 10) - 1);

    private async Task SettleAsync(TakenJob taken, JobOutcome? outcome, CancellationToken isOver)
    {
        // Step 5: callbacks due
        if (outcome is not null)
        {
            await callbacks.JobEndedAsync(taken.Job.Id, isOver).ConfigureAwait(false);
        }

        // Step 6: content moved. Without an outcome somebody has deleted the job, and its content goes with it.
        var failure = outcome is null
            ? await stores.Objects.DeleteAsync(taken.Job.Key, isOver).ConfigureAwait(false)
            : await stores.Objects.MoveAsync(taken.Job.Key, outcome.Key, outcome.Sha256, isOver).ConfigureAwait(false);
        if (failure is not null && taken.Attempt < options.Attempts)
        {
            report.Failed(taken, failure);
            await stores.Queue.ReturnAsync(taken, PauseAfter(taken.Attempt), isOver).ConfigureAwait(false);
            return;
        }

        // Step 7: completed
        await stores.Queue.CompleteAsync(taken, isOver).ConfigureAwait(false);
    }
}
