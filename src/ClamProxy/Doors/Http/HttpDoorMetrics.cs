using System.Diagnostics.Metrics;

namespace ClamProxy.Doors.Http;

/// <summary>Answers by status.</summary>
internal sealed class HttpDoorMetrics
{
    private readonly Counter<long> _answers;

    public HttpDoorMetrics(IMeterFactory meters) =>
        _answers = meters.Create("ClamProxy.Http").CreateCounter<long>("clamproxy.http.answers", "{answer}", "Answers of the HTTP door by status.");

    public void Answered(HttpContext context) =>
        _answers.Add(1, new KeyValuePair<string, object?>("status", context.RequestAborted.IsCancellationRequested ? 499 : context.Response.StatusCode));
}
