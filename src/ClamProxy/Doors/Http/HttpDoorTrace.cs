using System.Diagnostics;
using ClamProxy.Core.Fetching;

namespace ClamProxy.Doors.Http;

/// <summary>
/// What the HTTP door adds to a trace: ASP.NET Core begins the span of a request, which is a child of the client's
/// (<c>traceparent</c>), and leaves it without attributes. These are OpenTelemetry's for HTTP servers, from closed sets but for the
/// path. Nothing of it happens unless somebody listens.
/// </summary>
internal static class HttpDoorTrace
{
    public static readonly ActivitySource Source = new("ClamProxy.Http");

    // What clients write is no closed set.
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    /// <summary>Step 8: sending what the gate answered.</summary>
    public static Activity? Deliver(GateResult result)
    {
        var span = Source.StartActivity("clamproxy.deliver");
        span?.SetTag("clamproxy.answer", result switch
        {
            GateResult.Whole => "whole",
            GateResult.Trickling => "trickling",
            GateResult.NotModified => "not-modified",
            GateResult.Refused => "refused",
            _ => "failed",
        });
        return span;
    }

    /// <summary>Names the span of the request, which has been answered.</summary>
    public static void Answered(HttpContext context)
    {
        if (Activity.Current is not { IsAllDataRequested: true, Kind: ActivityKind.Server } span)
        {
            return;
        }

        var method = Array.Find(Methods, known => known == context.Request.Method) ?? "_OTHER";
        span.DisplayName = method == "_OTHER" ? "HTTP" : method;
        span.SetTag("http.request.method", method);
        span.SetTag("url.scheme", context.Request.Scheme);
        span.SetTag("url.path", context.Request.Path.Value);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", $"{context.Response.StatusCode}");
        }
    }
}
