using ClamProxy.Core.Admission;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Jobs;

/// <summary>
/// Steps 2 and 3 of <see cref="JobWork"/>: the content is brought here, from the object store or by the gate, and scanned.
/// </summary>
internal sealed class JobScan(
    IObjectStore objects, ContentScanner scanner, ContentGate gate, JobOptions options, JobReport report, TimeProvider clock)
{
    /// <returns>Null: no verdict could be had this time.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<JobOutcome?> RunAsync(TakenJob taken, CancellationToken isOver)
    {
        var job = taken.Job;
        if (taken.Attempt > options.Attempts)
        {
            return Outcome(job, JobStatus.Error) with { Details = "The workers that took this job ended before it was scanned." };
        }

        if (job.Url is not null)
        {
            return await FetchAsync(taken, isOver).ConfigureAwait(false);
        }

        // Step 2: content here
        var clients = WaitingClients.Of(job.Client);
        switch (await objects.GetAsync(job.Key, clients, isOver).ConfigureAwait(false))
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
                    var subject = new ScanSubject(report.NameOf(job)) { Clients = clients, Door = "worker" };
                    var decision = await scanner.ScanAsync(subject, content, isOver).ConfigureAwait(false);
                    return decision is ScanDecision.Failed failed
                        ? FailedOrNull(taken, failed.Failure)
                        : Outcome(job, decision, content.Length);
                }

            default:
                throw new InvalidOperationException("a content of a kind that nobody knows");
        }
    }

    /// <summary>Steps 2 and 3 are the gate's: what it delivers is kept, and nothing else is.</summary>
    private async Task<JobOutcome?> FetchAsync(TakenJob taken, CancellationToken isOver)
    {
        var job = taken.Job;
        if (Target.TryParse(job.Url!, out var problem) is not { } target)
        {
            return Outcome(job, JobStatus.Error) with { Details = problem };
        }

        var request = new GateRequest(target, [], CacheScan: true)
        {
            Delivery = DeliveryMode.Hold,
            Client = job.Client,
            Door = "worker",
        };
        var result = await gate.OpenAsync(request, isOver).ConfigureAwait(false);
        await using var resultEnd = result.ConfigureAwait(false);
        switch (result)
        {
            case GateResult.Whole { Head.Status: not 200 } file:
                return Outcome(job, JobStatus.Error) with { Details = $"Upstream answered {file.Head.Status}." };
            case GateResult.Whole file:
                return await objects.PutAsync(job.Key, file.Body, isOver).ConfigureAwait(false) is { } notKept
                    ? FailedOrNull(taken, notKept)
                    : Outcome(job, JobStatus.Clean, file.Verdict, file.Trace.Scan, file.Body.Length);
            case GateResult.Refused { Verdict: var verdict } refused:
                return Outcome(job, StatusOf(verdict), verdict, refused.Trace.Scan, null);
            case GateResult.Failed { Failure: var failure }:
                return failure.Reason.Facts().Blame is Blame.Client
                    ? Outcome(job, JobStatus.Error) with { Details = failure.Detail }
                    : FailedOrNull(taken, failure);
            default:
                return FailedOrNull(taken, new Failure(FailureReason.UpstreamProtocol, "Upstream's answer is no file."));
        }
    }

    private JobOutcome? FailedOrNull(TakenJob taken, Failure failure)
    {
        report.Failed(taken, failure);
        return taken.Attempt < options.Attempts ? null : Outcome(taken.Job, JobStatus.Error) with { Details = failure.Detail };
    }

    private JobOutcome Outcome(Job job, ScanDecision decision, long? size) => decision switch
    {
        ScanDecision.Clean { Verdict: var verdict } => Outcome(job, JobStatus.Clean, verdict, decision.Duration, size),
        ScanDecision.Released { Verdict: var verdict } => Outcome(job, JobStatus.Clean, verdict, decision.Duration, size),
        ScanDecision.Refused { Verdict: var verdict } => Outcome(job, StatusOf(verdict), verdict, decision.Duration, size),
        _ => throw new InvalidOperationException("a decision of a kind that nobody knows"),
    };

    private static JobStatus StatusOf(ContentRecord refused) =>
        refused.Verdict == Verdict.Infected ? JobStatus.Infected : JobStatus.Unscannable;

    private JobOutcome Outcome(Job job, JobStatus status, ContentRecord verdict, TimeSpan scanTime, long? size) =>
        Outcome(job, status) with
        {
            Signature = verdict.Signature,
            Details = verdict.Detail ?? verdict.Reason.Name(),
            Sha256 = verdict.Sha256.Length > 0 ? verdict.Sha256 : null,
            Size = size,
            ScanTime = scanTime,
            Engine = verdict.Engine is null ? null : $"ClamAV {verdict.Engine}",
        };

    private JobOutcome Outcome(Job job, JobStatus status) => new(status, clock.GetUtcNow(), job.KeyAt(status, options));
}
