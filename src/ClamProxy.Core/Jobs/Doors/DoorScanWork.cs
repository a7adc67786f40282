using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>
/// One scan that a door of another process waits for, to its end.
/// <code>
///   taken ──► 1 does it wait still? ──► 2 content here ──► 3 scanned ──► 4 answered ──► 5 completed
///               │no                       │failed            │failed
///               └──► completed            └──────────────────┴──► given back, to be tried again; the last time: answered
/// </code>
/// The content stays where it is: whoever asked removes it. Nothing is decided here but the verdict: policies, exceptions and blocks are
/// the asker's.
/// </summary>
internal sealed class DoorScanWork(
    JobStores stores,
    IScanExchange exchange,
    ContentScanner scanner,
    VerdictMessages verdicts,
    WorkerReporting self,
    JobOptions options,
    JobReport report,
    TimeProvider clock)
{
    /// <param name="pause">How long it rests after a try without a verdict.</param>
    /// <param name="isOver">Cancelled when the job is no longer this worker's, or the worker is to stop.</param>
    /// <exception cref="JobStoreException">A store failed: the job comes again when its lease ends.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(TakenJob taken, DoorScan door, TimeSpan pause, CancellationToken isOver)
    {
        // Step 1: does it wait still?
        var started = clock.GetTimestamp();
        var job = taken.Job;
        var left = DateTimeOffset.FromUnixTimeMilliseconds(door.Until) - clock.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            var waited = clock.GetUtcNow() - job.AcceptedAt;
            var answer = taken.Attempt > options.Attempts
                ? Failed(taken, new Failure(FailureReason.ScannerUnavailable, "The workers that took this scan ended before it was done."))
                : await ScanAsync(taken, door, isOver).ConfigureAwait(false);
            if (answer.Verdict is null && answer.Failure != FailureReason.TooLarge.Facts().Tag && taken.Attempt < options.Attempts)
            {
                await stores.Queue.ReturnAsync(taken, pause, isOver).ConfigureAwait(false);
                return;
            }

            // Step 4: answered
            answer = answer with { QueueSeconds = waited.TotalSeconds, WorkSeconds = clock.GetElapsedTime(started).TotalSeconds };
            await exchange.AnswerAsync(door.Asker, answer, left, isOver).ConfigureAwait(false);
        }
        else
        {
            report.NobodyWaits(job);
        }

        // Step 5: completed
        await stores.Queue.CompleteAsync(taken, isOver).ConfigureAwait(false);
    }

    private async Task<ScanAnswer> ScanAsync(TakenJob taken, DoorScan door, CancellationToken isOver)
    {
        var job = taken.Job;
        // Step 2: content here
        var clients = WaitingClients.Of(job.Client);
        switch (await stores.Objects.GetAsync(job.Key, clients, isOver).ConfigureAwait(false))
        {
            case ObjectContent.Failed { Failure: var failure }:
                return Failed(taken, failure);
            case ObjectContent.Here { Content: var content }:
                using (content)
                {
                    // Step 3: scanned
                    var subject = new ScanSubject($"scan {job.Id}")
                    {
                        Clients = clients,
                        Door = "worker",
                        MayReuse = door.MayReuse,
                        MayRecord = door.MayRecord,
                    };
                    var asked = clock.GetTimestamp();
                    return await scanner.JudgeAsync(subject, content, isOver).ConfigureAwait(false) switch
                    {
                        (ScanResult.Judged { Verdict: var verdict }, var origin) => new ScanAnswer(job.Id, self.Report)
                        {
                            Verdict = verdicts.Write(ScanAnswers.AboutOf(job), verdict),
                            ScanSeconds = origin == VerdictOrigin.Known ? 0 : clock.GetElapsedTime(asked).TotalSeconds,
                        },
                        (ScanResult.Failed { Failure: var failure }, _) => Failed(taken, failure),
                        _ => throw new InvalidOperationException("a result of a kind that nobody knows"),
                    };
                }

            default:
                return Failed(taken, new Failure(FailureReason.ObjectsUnavailable, "The content is not in the workers' object store."));
        }
    }

    private ScanAnswer Failed(TakenJob taken, Failure failure)
    {
        report.Failed(taken, failure);
        return new ScanAnswer(taken.Job.Id, self.Report)
        {
            Failure = failure.Reason.Facts().Tag,
            Detail = failure.Detail,
            Verdict = failure.Reason == FailureReason.TooLarge
                ? verdicts.Write(
                    ScanAnswers.AboutOf(taken.Job),
                    ScanVerdict.Unscannable(UnscannableReason.TooLarge, failure.Detail, ScanAnswers.Unseen, clock.GetUtcNow()))
                : null,
        };
    }
}
