using System.Collections.Frozen;
using System.Diagnostics;

namespace ClamProxy.Tracking;

/// <summary>
/// ASP.NET Core begins the span of a request, which is a child of the client's (<c>traceparent</c>), and leaves it without a name and
/// attributes. These are OpenTelemetry's for HTTP servers, from closed sets but for the path. Nothing of it happens unless somebody
/// listens.
/// </summary>
internal static class RequestSpan
{
    private static readonly FrozenSet<string> Methods =
        FrozenSet.Create("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");

    /// <summary>Names the span of a request that has been answered.</summary>
    public static void Answered(HttpContext context)
    {
        if (Activity.Current is not { IsAllDataRequested: true, Kind: ActivityKind.Server } span)
        {
            return;
        }

        var isKnown = Methods.Contains(context.Request.Method);
        var name = isKnown ? context.Request.Method : "HTTP";
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null ? name : $"{name} {route}";
        span.SetTag("http.request.method", isKnown ? context.Request.Method : "_OTHER");
        span.SetTag("http.route", route);
        span.SetTag("url.scheme", context.Request.Scheme);
        span.SetTag("url.path", context.Request.Path.Value);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error).SetTag("error.type", $"{context.Response.StatusCode}");
        }
    }
}
