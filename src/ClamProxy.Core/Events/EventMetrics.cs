using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Events;

/// <summary>What events count. Meter <c>ClamProxy.Events</c>.</summary>
internal sealed class EventMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _queued;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _dropped;
    private readonly Histogram<double> _delay;

    public EventMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ClamProxy.Events");
        _queued = _meter.CreateCounter<long>(
            "clamproxy.events.queued", "{event}", "Events that were put into the queue of a target, by kind.");
        _attempts = _meter.CreateCounter<long>("clamproxy.events.attempts", "{attempt}", "Attempts to send an event, by outcome.");
        _dropped = _meter.CreateCounter<long>(
            "clamproxy.events.dropped",
            "{event}",
            "Events that were not delivered and are gone, by why: too many at once, too many waiting, or given up.");
        _delay = _meter.CreateHistogram<double>("clamproxy.events.delay", "s", "Time from an event to its delivery.");

        // What is alerted on is there before it happens.
        foreach (var kind in new[] { EventKind.Refused, EventKind.DetectedLate })
        {
            Queued(kind, 0);
        }

        foreach (var why in new[] { "burst", "full", "given-up" })
        {
            Dropped(why, 0);
        }

        Sent("failed", 0);
    }

    /// <param name="waiting">How many wait.</param>
    /// <param name="oldest">How old the oldest of them is; zero: none waits.</param>
    public void Observe(Func<long> waiting, Func<TimeSpan> oldest)
    {
        _meter.CreateObservableGauge("clamproxy.events.waiting", waiting, "{event}", "Events that wait to be delivered.");
        _meter.CreateObservableGauge(
            "clamproxy.events.oldest.age", () => oldest().TotalSeconds, "s", "Age of the oldest event that waits to be delivered.");
    }

    public void Queued(EventKind kind, int events) => _queued.Add(events, new KeyValuePair<string, object?>("kind", kind.Name()));

    public void Sent(string outcome, int attempts = 1) => _attempts.Add(attempts, new KeyValuePair<string, object?>("outcome", outcome));

    public void Dropped(string why, long events) => _dropped.Add(events, new KeyValuePair<string, object?>("why", why));

    public void Delivered(TimeSpan after) => _delay.Record(Math.Max(0, after.TotalSeconds));
}
