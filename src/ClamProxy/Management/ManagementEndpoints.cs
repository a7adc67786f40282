using System.Text;

namespace ClamProxy.Management;

/// <summary>The answers of the management port: GET or HEAD of three paths.</summary>
internal sealed class ManagementEndpoints(Func<ReadinessReport> readiness, MetricsCollector metrics, TimeProvider clock)
{
    private const string PlainText = "text/plain; charset=utf-8";

    // Prometheus' text format: prometheus.io/docs/instrumenting/exposition_formats.
    private const string MetricsText = "text/plain; version=0.0.4; charset=utf-8";

    public Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return WriteAsync(context, StatusCodes.Status405MethodNotAllowed, PlainText, "GET or HEAD only\n"u8.ToArray());
        }

        return context.Request.Path.Value switch
        {
            "/healthz" => WriteAsync(context, StatusCodes.Status200OK, PlainText, "ok\n"u8.ToArray()),
            "/readyz" => AnswerReadinessAsync(context),
            "/metrics" => WriteAsync(context, StatusCodes.Status200OK, MetricsText, Encoding.UTF8.GetBytes(metrics.Collect())),
            _ => WriteAsync(context, StatusCodes.Status404NotFound, PlainText, "/healthz, /readyz or /metrics\n"u8.ToArray()),
        };
    }

    private Task AnswerReadinessAsync(HttpContext context)
    {
        var report = readiness();
        var status = report.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return WriteAsync(context, status, "application/json", ReadinessWriter.Write(report, clock.GetUtcNow()));
    }

    private static async Task WriteAsync(HttpContext context, int status, string type, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }
}
