using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Deliveries;
using ClamProxy.Core.Events;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Buckets;

/// <summary>The one funnel of flows: what is worth a log line is worth a metric, and neither is written anywhere else.</summary>
internal sealed class BucketReport(
    BucketMetrics metrics,
    DeliveryRecord record,
    RecentDecisions decisions,
    TimeProvider clock,
    ILogger<BucketFlow> logger,
    RefusalEvents? refusals = null)
{
    /// <summary>An object's turn is over. Its copy counts as delivered to where it is.</summary>
    public ValueTask EndedAsync(string flow, ObjectEvent told, FlowResult result)
    {
        Tell(flow, told, result);
        return result is FlowResult.Done { PassedTo: { } place, Decision.Verdict: { Sha256.Length: > 0 } verdict, Size: var size }
            ? record.AddAsync(new Delivery(verdict.Sha256, verdict.Verdict, "buckets", $"s3://{told.Bucket}/{told.Key}", size)
            {
                Client = place,
                BeganAt = verdict.ScannedAt,
            })
            : default;
    }

    private void Tell(string flow, ObjectEvent told, FlowResult result)
    {
        switch (result)
        {
            case FlowResult.Done { Decision: var decision }:
                var outcome = decision is ScanDecision.Released ? "released" : decision.Verdict.Verdict.Tag();
                var finding = (decision.Verdict.Signature ?? decision.Verdict.Reason.Name()) is { } found ? $" ({found})" : "";
                metrics.Placed(outcome, clock.GetUtcNow() - told.At);
                decisions.Add(new(clock.GetUtcNow(), "buckets", flow, $"s3://{told.Bucket}/{told.Key}")
                {
                    Outcome = outcome,
                    Verdict = decision.Verdict.Verdict,
                    Finding = decision.Verdict.Signature ?? decision.Verdict.Reason.Name(),
                    Sha256 = decision.Verdict.Sha256 is { Length: > 0 } sha256 ? sha256 : null,
                    Total = (clock.GetUtcNow() - told.At) ?? TimeSpan.Zero,
                    Scan = decision.Duration,
                });
                logger.Done(
                    decision is ScanDecision.Refused ? LogLevel.Warning : LogLevel.Information,
                    flow,
                    told.Bucket,
                    told.Key,
                    outcome,
                    finding);
                if (decision is ScanDecision.Refused { Verdict: var verdict })
                {
                    refusals?.Add(new Refusal(clock.GetUtcNow(), "buckets", $"s3://{told.Bucket}/{told.Key}", verdict));
                }

                break;
            case FlowResult.Unneeded { Why: var why }:
                metrics.Skipped();
                logger.Unneeded(flow, told.Bucket, told.Key, why);
                break;
            case FlowResult.Later { Failure: var failure }:
                var (tag, problem) = (failure.Reason.Facts().Tag, failure.DetailAndCause);
                metrics.Failed(failure.Reason);
                logger.Later(flow, told.Bucket, told.Key, tag, problem);
                break;
        }
    }

    public void Message(MessageOutcome outcome) => metrics.Message(outcome);

    public void Unreadable(string flow, string message, string problem)
    {
        metrics.Message(MessageOutcome.Unreadable);
        logger.Unreadable(flow, message, problem);
    }

    public void SetAside(string flow, string message, int deliveries, string reason)
    {
        metrics.Message(MessageOutcome.SetAside);
        logger.SetAside(flow, message, deliveries, reason);
    }

    public void Unrelated(string flow, string message, string what)
    {
        metrics.Message(MessageOutcome.Deleted);
        logger.Unrelated(flow, message, what);
    }

    /// <summary>Once for each problem, and once when it is over.</summary>
    public void Queue(OpenFlow flow, string? problem)
    {
        if (flow.SourceProblem == problem)
        {
            return;
        }

        flow.SourceProblem = problem;
        if (problem is null)
        {
            logger.QueueWorks(flow.Name);
        }
        else
        {
            logger.QueueFailed(flow.Name, problem);
        }
    }

    /// <inheritdoc cref="Queue"/>
    public void Places(OpenFlow flow, string? problem)
    {
        if (flow.PlacesProblem == problem)
        {
            return;
        }

        flow.PlacesProblem = problem;
        if (problem is null)
        {
            logger.PlacesWork(flow.Name);
        }
        else
        {
            logger.PlacesFailed(flow.Name, problem);
        }
    }

    public void NotExtended(string flow, string message, string problem) => logger.NotExtended(flow, message, problem);

    public void WorkerFailed(string flow, Exception cause) => logger.WorkerFailed(flow, cause);

    public void IgnoresConditions(string flow, string bucket) => logger.IgnoresConditions(flow, bucket);

    public void PutsUnconditionally(string flow, string store) => logger.PutsUnconditionally(flow, store);

    public void NotProbed(string flow, string bucket, string problem) => logger.NotProbed(flow, bucket, problem);

    public void QueuesAreEmpty() => logger.QueuesAreEmpty();
}
