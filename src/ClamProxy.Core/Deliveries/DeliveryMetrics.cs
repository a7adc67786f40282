using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Deliveries;

/// <summary>What the record of deliveries counts. Meter <c>ClamProxy.Deliveries</c>.</summary>
public sealed class DeliveryMetrics
{
    private readonly Counter<long> _written;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _detections;

    public DeliveryMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("ClamProxy.Deliveries");
        _written = meter.CreateCounter<long>(
            "clamproxy.deliveries.rows", "{row}", "Rows of the record of deliveries that were written or added to.");
        _dropped = meter.CreateCounter<long>(
            "clamproxy.deliveries.dropped", "{delivery}", "Deliveries that are not in the record, because too many waited to be written.");
        _failures = meter.CreateCounter<long>(
            "clamproxy.deliveries.failures", "{write}", "Writes to the record of deliveries that failed; they are repeated.");
        _detections = meter.CreateCounter<long>(
            "clamproxy.deliveries.detections", "{content}", "Contents that turned out to be infected after somebody had taken them.");

        // Seen from the start: an alert on a counter that was never there does not fire.
        foreach (var counter in new[] { _written, _dropped, _failures, _detections })
        {
            counter.Add(0);
        }
    }

    internal void Written(int rows) => _written.Add(rows);

    internal void Dropped() => _dropped.Add(1);

    internal void Failed() => _failures.Add(1);

    internal void Detected() => _detections.Add(1);
}
