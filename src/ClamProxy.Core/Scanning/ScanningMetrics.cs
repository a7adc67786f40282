using System.Diagnostics.Metrics;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Scanning;

/// <summary>What scans found, how long they took, and how many requests another's scan answered.</summary>
public sealed class ScanningMetrics
{
    /// <summary>The buckets of all steps that take from a millisecond to minutes.</summary>
    internal static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    };

    private readonly Counter<long> _verdicts;
    private readonly Counter<long> _shared;
    private readonly Histogram<double> _scan;

    public ScanningMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ClamProxy.Scanning");

        // Named as they were when the gate alone had contents scanned: dashboards and alerts know them by these names.
        _verdicts = meter.CreateCounter<long>("clamproxy.gate.verdicts", "{verdict}", "Verdicts that scans gave, by kind and reason.");
        _scan = meter.CreateHistogram("clamproxy.gate.scan.duration", "s", "Time from asking for a scanner to its verdict.", null, Seconds);
        _shared = meter.CreateCounter<long>(
            "clamproxy.scanning.shared",
            "{content}",
            "Contents that were not scanned because the same bytes were being scanned already, for another request or by another process.");
        _shared.Add(0, new KeyValuePair<string, object?>("with", "request"));
    }

    internal void Scanned(ContentRecord verdict, TimeSpan duration)
    {
        _verdicts.Add(1, new("verdict", verdict.Verdict.Tag()), new("reason", verdict.Reason.Tag()));
        _scan.Record(duration.TotalSeconds);
    }

    /// <param name="with">request or process.</param>
    internal void Shared(string with) => _shared.Add(1, new KeyValuePair<string, object?>("with", with));
}
