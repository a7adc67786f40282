using System.Diagnostics.Metrics;
using System.Globalization;
using ClamProxy.Core.Admission;

namespace ClamProxy.Doors.Http;

/// <summary>Answers by status, and what is turned away before there is one.</summary>
internal sealed class HttpDoorMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _answers;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _interims;

    public HttpDoorMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ClamProxy.Http");
        _answers = _meter.CreateCounter<long>("clamproxy.http.answers", "{answer}", "Answers of the HTTP door by status.");
        _refused = _meter.CreateCounter<long>(
            "clamproxy.http.refusals", "{refusal}",
            "Connections and requests that were refused at once, by which bound: of all, or of one client.");
        _closed = _meter.CreateCounter<long>(
            "clamproxy.http.connections.closed", "{connection}", "Idle connections that were closed to make room for new ones.");

        _interims = _meter.CreateCounter<long>(
            "clamproxy.http.interims", "{response}",
            "Interim responses (100 Continue) that kept clients alive while they waited for a verdict.");

        // Seen from the start: an alert on a counter that was never there does not fire.
        _refused.Add(0, new("what", "request"), new("bound", "client"));
        _closed.Add(0);
        _interims.Add(0);
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

    public void InterimSent() => _interims.Add(1);

    public void IdleClosed() => _closed.Add(1);

    public void Answered(HttpContext context) => _answers.Add(1, new KeyValuePair<string, object?>("status", Status(context)));

    /// <summary>Upstream chooses the status: what is not one (RFC 9110 §15) shares a tag.</summary>
    private static string Status(HttpContext context) => context.RequestAborted.IsCancellationRequested
        ? "499"
        : context.Response.StatusCode is >= 100 and <= 599 and var status ? status.ToString(CultureInfo.InvariantCulture) : "other";
}
