using System.Diagnostics.Metrics;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Jobs;

/// <summary>What jobs count. Meter <c>ClamProxy.Jobs</c>.</summary>
public sealed class JobMetrics
{
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _finished;
    private readonly Counter<long> _failed;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _work;

    public JobMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("ClamProxy.Jobs");
        _accepted = meter.CreateCounter<long>("clamproxy.jobs.accepted", "{job}", "Jobs that were accepted, by priority.");
        _finished = meter.CreateCounter<long>("clamproxy.jobs.finished", "{job}", "Jobs that ended, by status and priority.");
        _failed = meter.CreateCounter<long>("clamproxy.jobs.failures", "{try}", "Tries of jobs that gave no verdict, by reason.");
        _wait = meter.CreateHistogram<double>("clamproxy.jobs.queue.duration", "s", "Time from acceptance to a worker, by priority.");
        _work = meter.CreateHistogram<double>("clamproxy.jobs.work.duration", "s", "Time from a worker's taking a job to its end.");
    }

    internal void Accepted(Job job) => _accepted.Add(1, Priority(job));

    internal void Finished(Job job, JobOutcome outcome)
    {
        _finished.Add(1, Priority(job), new("status", outcome.Status.Name()));
        _wait.Record(Math.Max(0, (outcome.FinishedAt - outcome.WorkTime - job.AcceptedAt).TotalSeconds), Priority(job));
        _work.Record(outcome.WorkTime.TotalSeconds);
    }

    internal void Failed(FailureReason reason) => _failed.Add(1, new KeyValuePair<string, object?>("reason", reason.Facts().Tag));

    private static KeyValuePair<string, object?> Priority(Job job) => new("priority", job.Priority.Name());
}
