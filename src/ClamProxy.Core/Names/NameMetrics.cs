using System.Diagnostics.Metrics;
using System.Net.Sockets;

namespace ClamProxy.Core.Names;

/// <summary>What the Names folder measures. Never a name.</summary>
public sealed class NameMetrics
{
    public const string MeterName = "ClamProxy.Names";

    private readonly Meter _meter;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _unanswered;

    public NameMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        _durations = _meter.CreateHistogram<double>(
            "clamproxy.names.lookup.duration", "s", "How long the system's resolver took for one name, by found, unknown or failed.");
        _unanswered = _meter.CreateCounter<long>(
            "clamproxy.names.unanswered", "{request}",
            "Requests for a name that ended without asking the resolver, or without its answer, by reason.");

        // Seen from the start: an alert on a counter that was never there does not fire.
        Unanswered("timed-out", 0);
    }

    internal void ObserveWaiting(Func<int> count) =>
        _meter.CreateObservableGauge(
            "clamproxy.names.pending", count, "{name}", "Names that wait for a thread of the resolver, or have one.");

    internal void Resolved(NameLookupResult answer, TimeSpan took) =>
        _durations.Record(took.TotalSeconds, new KeyValuePair<string, object?>("outcome", answer.Error switch
        {
            SocketError.Success => "found",
            SocketError.HostNotFound or SocketError.NoData => "unknown",
            _ => "failed",
        }));

    internal void TimedOut() => Unanswered("timed-out");

    internal void Refused() => Unanswered("too-many");

    internal void FailedBefore() => Unanswered("failed-before");

    private void Unanswered(string why, long count = 1) => _unanswered.Add(count, new KeyValuePair<string, object?>("reason", why));
}
