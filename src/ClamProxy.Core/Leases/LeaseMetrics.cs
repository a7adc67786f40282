using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Leases;

/// <summary>What leases count. Meter <c>ClamProxy.Leases</c>.</summary>
internal sealed class LeaseMetrics
{
    public const string MeterName = "ClamProxy.Leases";

    private readonly Counter<long> _attempts;
    private readonly Counter<long> _lost;
    private readonly UpDownCounter<long> _held;
    private readonly Histogram<double> _waits;

    public LeaseMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _attempts = meter.CreateCounter<long>(
            "clamproxy.leases.attempts", "{attempt}", "Attempts to take the lease of a flight, by result.");
        _lost = meter.CreateCounter<long>("clamproxy.leases.lost", "{lease}", "Leases that another process took over from this one.");
        _held = meter.CreateUpDownCounter<long>("clamproxy.leases.held", "{lease}", "Leases that this process has.");
        _waits = meter.CreateHistogram(
            "clamproxy.leases.wait.duration",
            "s",
            "How long flights waited for another process's, by what ended the wait.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300] });
    }

    public void Asked(LeaseOutcome outcome) => _attempts.Add(1, new KeyValuePair<string, object?>("result", ResultName(outcome)));

    public void Waited(bool isFree, TimeSpan waited) =>
        _waits.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("result", isFree ? "free" : "alone"));

    public void Began() => _held.Add(1);

    public void Ended() => _held.Add(-1);

    public void Lost() => _lost.Add(1);

    private static string ResultName(LeaseOutcome outcome) => outcome switch
    {
        LeaseOutcome.None => "none",
        LeaseOutcome.Taken => "taken",
        LeaseOutcome.Held => "held",
        LeaseOutcome.Alone => "alone",
    };
}
