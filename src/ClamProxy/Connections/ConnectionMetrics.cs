using System.Diagnostics.Metrics;
using ClamProxy.Core.Admission;

namespace ClamProxy.Connections;

/// <summary>Connections and requests, and what is turned away before there is an answer.</summary>
internal sealed class ConnectionMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _closed;

    public ConnectionMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ClamProxy.Http");
        _refused = _meter.CreateCounter<long>(
            "clamproxy.http.refusals", "{refusal}",
            "Connections and requests that were refused at once, by which bound: of all, or of one client.");
        _closed = _meter.CreateCounter<long>(
            "clamproxy.http.connections.closed", "{connection}", "Idle connections that were closed to make room for new ones.");

        // Seen from the start: an alert on a counter that was never there does not fire.
        _refused.Add(0, new("what", "request"), new("bound", "client"));
        _closed.Add(0);
    }

    public void Observe(Func<long> connections, Func<long> requests)
    {
        _meter.CreateObservableUpDownCounter("clamproxy.http.connections.open", connections, "{connection}", "Client connections.");
        _meter.CreateObservableUpDownCounter("clamproxy.http.requests.active", requests, "{request}", "Requests that are being handled.");
    }

    /// <param name="what">connection or request.</param>
    /// <param name="answer">Why there was no room for it.</param>
    public void Refused(string what, RoomOutcome answer) =>
        _refused.Add(1, new("what", what), new("bound", answer == RoomOutcome.ShareIsFull ? "client" : "all"));

    public void IdleClosed() => _closed.Add(1);
}
