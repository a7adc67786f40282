using System.Diagnostics.Metrics;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Jobs;

/// <summary>What jobs count. Meter <c>ClamProxy.Jobs</c>.</summary>
public sealed class JobMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _finished;
    private readonly Counter<long> _failed;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _work;

    public JobMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create("ClamProxy.Jobs");
        _accepted = _meter.CreateCounter<long>("clamproxy.jobs.accepted", "{job}", "Jobs that were accepted, by priority.");
        _finished = _meter.CreateCounter<long>("clamproxy.jobs.finished", "{job}", "Jobs that ended, by status and priority.");
        _failed = _meter.CreateCounter<long>("clamproxy.jobs.failures", "{try}", "Tries of jobs that gave no verdict, by reason.");
        _wait = _meter.CreateHistogram<double>("clamproxy.jobs.queue.duration", "s", "Time from acceptance to a worker, by priority.");
        _work = _meter.CreateHistogram<double>("clamproxy.jobs.work.duration", "s", "Time from a worker's taking a job to its end.");
    }

    /// <summary>From here on the queue's length and the age of its oldest job are shown.</summary>
    internal void Observe(Func<QueueState> state, TimeProvider clock)
    {
        _meter.CreateObservableGauge("clamproxy.jobs.waiting", () => state().Jobs, "{job}", "Jobs that are accepted and not done.");
        _meter.CreateObservableGauge(
            "clamproxy.jobs.oldest.age",
            () => state().OldestAt is { } oldest ? Math.Max(0, (clock.GetUtcNow() - oldest).TotalSeconds) : 0,
            "s",
            "Age of the oldest job that is not done.");
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
