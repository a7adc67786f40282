using System.Diagnostics.Metrics;
using System.Globalization;

namespace ClamProxy.Doors.Http;

/// <summary>Answers by status.</summary>
internal sealed class HttpDoorMetrics
{
    private readonly Counter<long> _answers;

    public HttpDoorMetrics(IMeterFactory meters) =>
        _answers = meters.Create("ClamProxy.Http").CreateCounter<long>("clamproxy.http.answers", "{answer}", "Answers of the HTTP door by status.");

    public void Answered(HttpContext context) => _answers.Add(1, new KeyValuePair<string, object?>("status", Status(context)));

    /// <summary>Upstream chooses the status: what is not one (RFC 9110 §15) shares a tag.</summary>
    private static string Status(HttpContext context) => context.RequestAborted.IsCancellationRequested
        ? "499"
        : context.Response.StatusCode is >= 100 and <= 599 and var status ? status.ToString(CultureInfo.InvariantCulture) : "other";
}
