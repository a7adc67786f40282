using System.Diagnostics;
using System.Text;
using ClamProxy.Access;

namespace ClamProxy.Management;

/// <summary>
/// The answers of the management port: GET or HEAD of three paths, and POST of its actions. All but the first may need credentials.
/// </summary>
internal sealed class ManagementEndpoints(
    Func<ReadinessReport> readiness,
    MetricsCollector metrics,
    AccessControl access,
    IEnumerable<ManagementAction> actions,
    TimeProvider clock)
{
    private readonly Dictionary<string, ManagementAction> _actions = actions.ToDictionary(action => action.Path, StringComparer.Ordinal);

    private const string PlainText = "text/plain; charset=utf-8";

    // Prometheus' text format: prometheus.io/docs/instrumenting/exposition_formats.
    private const string MetricsText = "text/plain; version=0.0.4; charset=utf-8";

    public async Task AnswerAsync(HttpContext context)
    {
        LeaveOutOfTraces();
        var action = _actions.GetValueOrDefault(context.Request.Path.Value ?? "");
        var isRightMethod = action is null
            ? HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            : HttpMethods.IsPost(context.Request.Method);
        if (!isRightMethod)
        {
            context.Response.Headers.Allow = action is null ? "GET, HEAD" : "POST";
            var only = action is null ? "GET or HEAD only\n" : "POST only\n";
            await WriteAsync(context, StatusCodes.Status405MethodNotAllowed, PlainText, Encoding.UTF8.GetBytes(only));
            return;
        }

        if (action is not null)
        {
            await AnswerAsync(context, _ => ActAsync(context, action));
            return;
        }

        await (context.Request.Path.Value switch
        {
            "/healthz" => WriteAsync(context, StatusCodes.Status200OK, PlainText, "ok\n"u8.ToArray()),
            "/readyz" => AnswerAsync(context, AnswerReadinessAsync),
            "/metrics" => AnswerAsync(context, AnswerMetricsAsync),
            _ => WriteAsync(context, StatusCodes.Status404NotFound, PlainText, "/healthz, /readyz or /metrics\n"u8.ToArray()),
        });
    }

    /// <summary>Probes and scrapes by the second would hide what clients ask for.</summary>
    public static void LeaveOutOfTraces()
    {
        if (Activity.Current is { } span)
        {
            span.IsAllDataRequested = false;
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, Task> answer)
    {
        var client = context.Connection.RemoteIpAddress?.ToString();
        var admission = await access.AdmitAsync(AccessSurface.Management, context.Request.Headers, client, context.RequestAborted);
        switch (admission.Outcome)
        {
            case AccessOutcome.Granted:
                await answer(context);
                break;
            case AccessOutcome.Busy:
                context.Response.Headers.RetryAfter = "5";
                await WriteAsync(
                    context, StatusCodes.Status503ServiceUnavailable, PlainText, "too many passwords are being checked\n"u8.ToArray());
                break;
            default:
                context.Response.Headers.WWWAuthenticate = AccessControl.Challenges;
                await WriteAsync(context, StatusCodes.Status401Unauthorized, PlainText, "credentials needed\n"u8.ToArray());
                break;
        }
    }

    private Task AnswerMetricsAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status200OK, MetricsText, Encoding.UTF8.GetBytes(metrics.Collect()));

    private static async Task ActAsync(HttpContext context, ManagementAction action)
    {
        var (value, status, problem) = await ActionRequest.ReadAsync(context.Request, context.RequestAborted);
        if (value is not { } given)
        {
            await WriteAsync(context, status, PlainText, Encoding.UTF8.GetBytes(problem));
            return;
        }

        var answer = await action.RunAsync(given, context.RequestAborted);
        await WriteAsync(context, answer.Status, "application/json", answer.Body);
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
