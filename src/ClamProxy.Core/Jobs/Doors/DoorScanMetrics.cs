using System.Diagnostics.Metrics;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>What a process that leaves scans to workers counts. Meter <c>ClamProxy.Jobs.Doors</c>.</summary>
public sealed class DoorScanMetrics
{
    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    };

    private readonly Meter _meter;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _turnaround;
    private readonly Histogram<double> _scan;

    public DoorScanMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create("ClamProxy.Jobs.Doors");
        _ended = _meter.CreateCounter<long>(
            "clamproxy.doors.scans", "{scan}", "Scans that were left to workers, by priority and result: a verdict, or why there is none.");
        _turnaround = _meter.CreateHistogram(
            "clamproxy.doors.scan.turnaround",
            "s",
            "Time of scans that workers did, by priority and stage: queue (until a worker took it), work (until it answered), total.",
            null,
            s_seconds);
        _scan = _meter.CreateHistogram(
            "clamproxy.doors.scan.duration",
            "s",
            "Time that workers' scanners took for a content, by priority and size class. Contents that they knew are not in it.",
            null,
            s_seconds);
    }

    internal void Observe(Func<int> workers) => _meter.CreateObservableGauge(
        "clamproxy.doors.workers", workers, "{process}", "Processes with workers that can scan and said so lately.");

    internal void Ended(Job job, ScanResult result, ScanAnswer? answer, TimeSpan total)
    {
        var priority = new KeyValuePair<string, object?>("priority", job.Priority.Name());
        _ended.Add(1, priority, new("result", Tag(result)));
        if (answer is null)
        {
            return;
        }

        _turnaround.Record(Math.Max(0, answer.QueueSeconds), priority, new("stage", "queue"));
        _turnaround.Record(Math.Max(0, answer.WorkSeconds), priority, new("stage", "work"));
        _turnaround.Record(total.TotalSeconds, priority, new("stage", "total"));
        if (answer.ScanSeconds > 0 && result is ScanResult.Judged)
        {
            _scan.Record(answer.ScanSeconds, priority, new("size_class", SizeClass.Of(job.Size ?? 0)));
        }
    }

    private static string Tag(ScanResult result) => result switch
    {
        ScanResult.Judged { Verdict.Verdict: var verdict } => verdict.Tag(),
        ScanResult.Failed { Failure.Reason: var reason } => reason.Facts().Tag,
        _ => throw new InvalidOperationException("a result of a kind that nobody knows"),
    };
}
