using System.Diagnostics.Metrics;
using System.Globalization;

namespace ClamProxy.Doors.Http;

/// <summary>Answers by status, and what is turned away before there is one.</summary>
internal sealed class HttpDoorMetrics
{
    private readonly Counter<long> _answers;
    private readonly Counter<long> _interims;

    public HttpDoorMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ClamProxy.Http");
        _answers = meter.CreateCounter<long>("clamproxy.http.answers", "{answer}", "Answers of the HTTP door by status.");
        _interims = meter.CreateCounter<long>(
            "clamproxy.http.interims", "{response}",
            "Interim responses (100 Continue) that kept clients alive while they waited for a verdict.");

        // Seen from the start: an alert on a counter that was never there does not fire.
        _interims.Add(0);
    }

    public void InterimSent() => _interims.Add(1);

    public void Answered(HttpContext context) => _answers.Add(1, new KeyValuePair<string, object?>("status", Status(context)));

    /// <summary>Upstream chooses the status: what is not one (RFC 9110 §15) shares a tag.</summary>
    private static string Status(HttpContext context) => context.RequestAborted.IsCancellationRequested
        ? "499"
        : context.Response.StatusCode is >= 100 and <= 599 and var status ? status.ToString(CultureInfo.InvariantCulture) : "other";
}
