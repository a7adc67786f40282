using ClamProxy.Core.Download;
using ClamProxy.Core.Events;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs;

/// <summary>The one funnel of jobs: what is worth a log line is worth a metric, and neither is written anywhere else.</summary>
internal sealed class JobReport(
    JobMetrics metrics,
    JobSignals signals,
    RecentDecisions decisions,
    TimeProvider clock,
    ILogger<JobReport> logger,
    RefusalEvents? refusals = null)
{
    /// <summary>What logs call a job's content: its id, for its name is its sender's text.</summary>
    public string NameOf(Job job) => $"job {job.Id}";

    public void Accepted(Job job)
    {
        metrics.Accepted(job);
        logger.Accepted(job.Id, job.Size, job.Priority);
    }

    public void Finished(Job job, JobOutcome outcome)
    {
        metrics.Finished(job, outcome);
        signals.Finished(job.Id);
        decisions.Add(DecisionOf(job, outcome));
        if (outcome.Status == JobStatus.Error)
        {
            logger.EndedAsError(job.Id, outcome.Details);
        }
        else if (outcome.Status is JobStatus.Infected or JobStatus.Unscannable)
        {
            refusals?.Add(RefusalOf(job, outcome));
        }
    }

    /// <summary>A try ended without a verdict.</summary>
    public void Failed(TakenJob taken, Failure failure)
    {
        metrics.Failed(failure.Reason);
        var facts = failure.Reason.Facts();
        logger.TryFailed(facts.Level, taken.Job.Id, taken.Attempt, facts.Tag, failure.Detail, failure.Cause);
    }

    /// <summary>A scan that a door asked for was taken after its deadline.</summary>
    public void NobodyWaits(Job job) => logger.NobodyWaits(job.Id);

    public void Lost(TakenJob taken, string worker) => logger.Lost(taken.Job.Id, worker);

    public void IdUsedTwice(Job job) => logger.IdUsedTwice(job.Id);

    public void NotRenewed(TakenJob taken, Exception cause) => logger.NotRenewed(taken.Job.Id, cause);

    public void NotTakenBack(Job job, Exception cause) => logger.NotTakenBack(job.Id, cause);

    public void WorkerFailed(string worker, Exception cause) => logger.WorkerFailed(worker, cause);

    public void Swept(int results, int contents, int queued)
    {
        if (results + contents + queued > 0)
        {
            logger.Swept(results, contents, queued);
        }
    }

    public void QueueNotSeen(Exception cause) => logger.QueueNotSeen(cause);

    public void SweepFailed(Exception cause) => logger.SweepFailed(cause);

    private Refusal RefusalOf(Job job, JobOutcome outcome)
    {
        var isInfected = outcome.Status == JobStatus.Infected;
        var url = job.Url is null ? null : Target.TryParse(job.Url, out _)?.TextWithoutQuery;
        return new Refusal(outcome.FinishedAt, "worker", url ?? NameOf(job), new ContentRecord(
            outcome.Sha256 ?? "",
            isInfected ? Verdict.Infected : Verdict.Unscannable,
            outcome.Signature,
            isInfected ? UnscannableReason.None : VerdictNames.ToReason(outcome.Details) ?? UnscannableReason.None,
            outcome.Details,
            outcome.Engine,
            null,
            null,
            outcome.FinishedAt))
        {
            Client = job.Client,
        };
    }

    private Decision DecisionOf(Job job, JobOutcome outcome) => new(outcome.FinishedAt, "worker", job.Id, NameOf(job))
    {
        Client = job.Client,
        Outcome = outcome.Status == JobStatus.Error ? "job-error" : outcome.ScanTime == TimeSpan.Zero ? "verdict" : "scan",
        Verdict = outcome.Status switch
        {
            JobStatus.Clean => Verdict.Clean,
            JobStatus.Infected => Verdict.Infected,
            JobStatus.Unscannable => Verdict.Unscannable,
            JobStatus.Pending or JobStatus.Error => Verdict.None,
        },
        Finding = outcome.Signature ?? outcome.Details,
        Sha256 = outcome.Sha256,
        Total = clock.GetUtcNow() - job.AcceptedAt,
        Scan = outcome.ScanTime,
    };
}
