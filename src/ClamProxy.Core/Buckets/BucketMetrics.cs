using System.Diagnostics.Metrics;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Buckets;

/// <summary>What flows of buckets count. Meter <c>ClamProxy.Buckets</c>.</summary>
internal sealed class BucketMetrics
{
    private readonly Counter<long> _objects;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _messages;
    private readonly Histogram<double> _age;

    public BucketMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ClamProxy.Buckets");
        _objects = meter.CreateCounter<long>("clamproxy.buckets.objects", "{object}", "Objects that are done with, by outcome.");
        _failed = meter.CreateCounter<long>("clamproxy.buckets.failures", "{try}", "Tries that left an object where it was, by reason.");
        _messages = meter.CreateCounter<long>("clamproxy.buckets.messages", "{message}", "Messages of sources, by outcome.");
        _age = meter.CreateHistogram<double>("clamproxy.buckets.duration", "s", "Time from an object's event to its place.");

        // What is alerted on is there before it happens.
        _objects.Add(0, new KeyValuePair<string, object?>("outcome", "clean"));
        _failed.Add(0, new KeyValuePair<string, object?>("reason", FailureReason.ObjectsUnavailable.Facts().Tag));
        _messages.Add(0, new KeyValuePair<string, object?>("outcome", "deleted"));
    }

    public void Placed(string outcome, TimeSpan? age)
    {
        _objects.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        if (age is { } known)
        {
            _age.Record(Math.Max(0, known.TotalSeconds));
        }
    }

    /// <summary>There was nothing to do for it.</summary>
    public void Skipped() => _objects.Add(1, new KeyValuePair<string, object?>("outcome", "skipped"));

    public void Failed(FailureReason reason) => _failed.Add(1, new KeyValuePair<string, object?>("reason", reason.Facts().Tag));

    public void Message(MessageOutcome outcome) => _messages.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        MessageOutcome.Kept => "kept",
        MessageOutcome.Unreadable => "unreadable",
        MessageOutcome.Deleted => "deleted",
        MessageOutcome.SetAside => "set-aside",
    }));
}
