using ClamProxy.Access;
using ClamProxy.Connections;
using ClamProxy.Core.Download;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>
/// Finds out where a request's file comes from: a route's upstream, or the one that the client names and may name (contract §2).
/// </summary>
internal sealed class SourceReader(RouteTable routes, ClientAddress client, AccessControl access)
{
    private const string DownloadFrom = "Download-From";
    private const string CacheScan = "Cache-Scan";

    /// <returns>Null where there is a problem.</returns>
    public RequestedSource? Read(HttpContext context, out Problem? problem)
    {
        var headers = context.Request.Headers;
        if (RawTarget(context) is not { } rawTarget)
        {
            problem = BadRequest.Of("The request target is not a path. A right one looks like /simple/requests/.");
            return null;
        }

        var (downloadFrom, cacheScanField) = (headers[DownloadFrom], headers[CacheScan]);
        if (downloadFrom.Count > 1 || cacheScanField.Count > 1)
        {
            problem = BadRequest.Of("Download-From and Cache-Scan may each be sent once only.");
            return null;
        }

        var route = routes.Find(rawTarget, out var rest);
        var headersCount = route is null || route.AllowHeaders;
        var upstream = headersCount && downloadFrom.Count == 1 ? downloadFrom.ToString() : null;
        problem = headersCount && downloadFrom.Count + cacheScanField.Count > 0
            ? Untrusted(context, isSourceNamed: upstream is not null)
            : null;
        if (problem is not null)
        {
            return null;
        }

        // Patterns are over the paths of the route's own source.
        var isImmutable = route is not null && (upstream is null ? routes.IsImmutable(route, rest) : route.CacheScan);
        var asksRevalidation = headersCount && cacheScanField.Count == 1 && IsRevalidate(cacheScanField.ToString());
        var cacheScan = isImmutable && !asksRevalidation;
        if (headersCount && cacheScanField.Count == 1 && !asksRevalidation && !bool.TryParse(cacheScanField.ToString(), out cacheScan))
        {
            problem = BadRequest.Of($"Cache-Scan: {SafeText.Cut(cacheScanField.ToString(), 40)} is neither True, False nor Revalidate.");
            return null;
        }

        if ((upstream ?? route?.BaseUrl) is not { } origin)
        {
            problem = BadRequest.Of(
                "There is no Download-From header and no route for this path. Send one such as Download-From: "
                    + "https://files.pythonhosted.org/.");
            return null;
        }

        var bucket = upstream is null ? route!.Bucket : null;
        if ((bucket is null ? upstream is null ? rest : rawTarget : bucket.PathOf(rest)) is not { } pathAndQuery)
        {
            problem = BadRequest.Of("The path names a bucket and no object of it. One that does looks like /folder/file.tar.gz.");
            return null;
        }

        var target = Target.TryCreate(origin, pathAndQuery, out var wrong);
        problem = target is null ? BadRequest.Of(wrong!) : null;
        return target is null ? null : new(target, origin, pathAndQuery, cacheScan)
        {
            Route = route,
            Rest = rest,
            IsNamedByClient = upstream is not null,
            Identity = upstream is null ? routes.IdentityOf(route!) : null,
            AsksFreshScan = headersCount && cacheScanField.Count == 1 && !cacheScan && !asksRevalidation,
            Revalidates = !cacheScan && (asksRevalidation || (upstream is null && route!.Revalidate)),
        };
    }

    /// <summary>Whether a request says nothing of its source that would be held against its client.</summary>
    public bool MayName(HttpContext context) =>
        context.Request.Headers[DownloadFrom].Count + context.Request.Headers[CacheScan].Count == 0
        || access.IsTrusted(client.Known(context));

    /// <summary>Why this client's Download-From and Cache-Scan are not taken; null: they are.</summary>
    private Problem? Untrusted(HttpContext context, bool isSourceNamed) =>
        !access.MayChooseSource(client.Known(context)) ? new(
            StatusCodes.Status403Forbidden, "untrusted-client", "Client not trusted",
            "Download-From and Cache-Scan are accepted from trusted addresses only, and yours is not one of them. Request a path that has "
                + "a configured route.")
        : isSourceNamed && FetchMetadata.IsOfAPage(context.Request.Headers) && !client.IsTrustedProxy(context) ? new(
            StatusCodes.Status403Forbidden, "asked-by-a-page", "Asked by a page",
            "A page in a browser has requested this file (Sec-Fetch-Site), and pages may not choose an upstream (Download-From). "
            + "Request it without a browser, or use a path that has a configured route.")
        : null;

    /// <summary>Whether a request of a route names another source than the route's own.</summary>
    public static bool IsNamedByClient(HttpContext context, ProxyRouteOptions route) =>
        route.AllowHeaders && context.Request.Headers[DownloadFrom].Count > 0;

    /// <summary>The raw path and query of the origin form or the absolute form (RFC 9112 §3.2).</summary>
    public static string? RawTarget(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (raw.StartsWith('/'))
        {
            return raw;
        }

        var authority = raw.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return null;
        }

        var path = raw.AsSpan(authority + 3).IndexOfAny('/', '?');
        var rest = path < 0 ? "" : raw[(authority + 3 + path)..];
        return rest.StartsWith('/') ? rest : "/" + rest;
    }

    /// <summary>With blanks around it, as bool.TryParse takes the other two.</summary>
    private static bool IsRevalidate(string value) => value.Trim().Equals("Revalidate", StringComparison.OrdinalIgnoreCase);
}
