using System.Diagnostics.Metrics;

namespace ClamProxy.Doors.Icap;

/// <summary>Requests of the ICAP door by what became of them, and its connections.</summary>
internal sealed class IcapMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _requests;

    public IcapMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ClamProxy.Icap");
        _requests = _meter.CreateCounter<long>(
            "clamproxy.icap.requests", "{request}", "Requests to the ICAP door, by method and by what became of them.");

        // Shown from the start, as the others are.
        _requests.Add(0, new("method", "OPTIONS"), new("outcome", "options"));
    }

    public void Observe(Func<long> connections) => _meter.CreateObservableUpDownCounter(
        "clamproxy.icap.connections", connections, "{connection}", "Connections to the ICAP door.");

    /// <param name="method">OPTIONS, REQMOD, RESPMOD; none where it could not be read.</param>
    /// <param name="outcome">clean, passed, infected, unscannable, blocked, options, rejected, or a failure's name.</param>
    public void Answered(string method, string outcome) => _requests.Add(1, new("method", method), new("outcome", outcome));
}
