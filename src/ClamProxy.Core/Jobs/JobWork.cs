using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Jobs;

/// <summary>
/// One job that was taken, to its end.
/// <code>
///   taken ──► 1 has an outcome, or was deleted ──yes─────────────────┐
///               │no                                                  │
///               ▼                                                    ▼
///             2 content here ──► 3 scanned ──► 4 outcome recorded ──► 5 content moved ──► 6 completed
///               │failed            │failed
///               └──────────────────┴──► given back, to be tried again; the last time: ERROR
/// </code>
/// Killed at any place, the job is handed out again, and goes on behind what was recorded.
/// </summary>
internal sealed class JobWork(JobStores stores, ContentScanner scanner, JobOptions options, JobReport report, TimeProvider clock)
{
    /// <param name="worker">Who does it, for its result.</param>
    /// <param name="isOver">Cancelled when the job is no longer this worker's, or the worker is to stop.</param>
    /// <exception cref="JobStoreException">A store failed: the job comes again when its lease ends.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(TakenJob taken, string worker, CancellationToken isOver)
    {
        // Step 1: has an outcome, or was deleted? Each job is known before it is queued.
        var started = clock.GetTimestamp();
        var job = taken.Job;
        var known = await stores.Results.FindAsync(job.Id, isOver).ConfigureAwait(false);
        var outcome = known?.Outcome;
        if (known is { Outcome: null })
        {
            var end = await ScanAsync(taken, isOver).ConfigureAwait(false);
            if (end is null)
            {
                await stores.Queue.ReturnAsync(taken, PauseAfter(taken.Attempt), isOver).ConfigureAwait(false);
                return;
            }

            // Step 4: outcome recorded
            outcome = end with { Worker = worker, WorkTime = clock.GetElapsedTime(started) };
            if (!await stores.Results.FinishAsync(job, outcome, isOver).ConfigureAwait(false))
            {
                outcome = (await stores.Results.FindAsync(job.Id, isOver).ConfigureAwait(false))?.Outcome;
            }

            report.Finished(job, outcome ?? end);
        }

        await SettleAsync(taken, outcome, isOver).ConfigureAwait(false);
    }

    /// <summary>How long it rests after so many tries.</summary>
    private TimeSpan PauseAfter(int attempt) => options.RetryPause * Math.Pow(2, Math.Min(attempt, 10) - 1);

    /// <returns>Null: no verdict could be had this time.</returns>
    private async Task<JobOutcome?> ScanAsync(TakenJob taken, CancellationToken isOver)
    {
        var job = taken.Job;
        if (taken.Attempt > options.Attempts)
        {
            return Outcome(job, JobStatus.Error) with { Details = "The workers that took this job ended before it was scanned." };
        }

        // Step 2: content here
        var clients = WaitingClients.Of(job.Client);
        switch (await stores.Objects.GetAsync(job.Key, clients, isOver).ConfigureAwait(false))
        {
            case ObjectContent.Missing:
                return Outcome(job, JobStatus.Error) with { Details = $"There is no content with the key {job.Key}." };
            case ObjectContent.Failed { Failure: { Reason: FailureReason.TooLarge } failure }:
                return Outcome(job, scanner.DecideNotTaken(failure), job.Size);
            case ObjectContent.Failed { Failure: var failure }:
                return FailedOrNull(taken, failure);
            case ObjectContent.Here { Content: var content }:
                using (content)
                {
                    // Step 3: scanned
                    var subject = new ScanSubject(report.NameOf(job)) { Clients = clients };
                    var decision = await scanner.ScanAsync(subject, content, isOver).ConfigureAwait(false);
                    return decision is ScanDecision.Failed failed
                        ? FailedOrNull(taken, failed.Failure)
                        : Outcome(job, decision, content.Length);
                }

            default:
                throw new InvalidOperationException("a content of a kind that nobody knows");
        }
    }

    private JobOutcome? FailedOrNull(TakenJob taken, Failure failure)
    {
        report.Failed(taken, failure);
        return taken.Attempt < options.Attempts ? null : Outcome(taken.Job, JobStatus.Error) with { Details = failure.Detail };
    }

    private JobOutcome Outcome(Job job, ScanDecision decision, long? size) => decision switch
    {
        ScanDecision.Clean { Verdict: var verdict } => Outcome(job, JobStatus.Clean, verdict, decision, size),
        ScanDecision.Released { Verdict: var verdict } => Outcome(job, JobStatus.Clean, verdict, decision, size),
        ScanDecision.Refused { Verdict: { Verdict: Verdict.Infected } verdict } =>
            Outcome(job, JobStatus.Infected, verdict, decision, size),
        ScanDecision.Refused { Verdict: var verdict } => Outcome(job, JobStatus.Unscannable, verdict, decision, size),
        _ => throw new InvalidOperationException("a decision of a kind that nobody knows"),
    };

    private JobOutcome Outcome(Job job, JobStatus status, ContentRecord verdict, ScanDecision decision, long? size) =>
        Outcome(job, status) with
        {
            Signature = verdict.Signature,
            Details = verdict.Detail ?? verdict.Reason.Name(),
            Sha256 = verdict.Sha256.Length > 0 ? verdict.Sha256 : null,
            Size = size,
            ScanTime = decision.Duration,
            Engine = verdict.Engine is null ? null : $"ClamAV {verdict.Engine}",
        };

    private JobOutcome Outcome(Job job, JobStatus status) => new(status, clock.GetUtcNow(), job.KeyAt(status, options));

    private async Task SettleAsync(TakenJob taken, JobOutcome? outcome, CancellationToken isOver)
    {
        // Step 5: content moved. Without an outcome somebody has deleted the job, and its content goes with it.
        var failure = outcome is null
            ? await stores.Objects.DeleteAsync(taken.Job.Key, isOver).ConfigureAwait(false)
            : await stores.Objects.MoveAsync(taken.Job.Key, outcome.Key, isOver).ConfigureAwait(false);
        if (failure is not null && taken.Attempt < options.Attempts)
        {
            report.Failed(taken, failure);
            await stores.Queue.ReturnAsync(taken, PauseAfter(taken.Attempt), isOver).ConfigureAwait(false);
            return;
        }

        // Step 6: completed
        await stores.Queue.CompleteAsync(taken, isOver).ConfigureAwait(false);
    }
}
