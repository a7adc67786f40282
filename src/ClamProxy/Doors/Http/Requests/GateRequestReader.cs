using ClamProxy.Access;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Policies;
using ClamProxy.Doors.Http.Problems;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.Doors.Http.Routing;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>Translates an HTTP request into the gate's, or into the problem that tells the client what to mend.</summary>
internal sealed class GateRequestReader(
    RouteTable routes,
    ViaLoop via,
    UpstreamFields fields,
    ClientAddress client,
    ClientLine line,
    AccessControl access,
    RouteLinks links,
    HttpDoorOptions options,
    PolicyOptions policies)
{
    private const string DownloadFrom = "Download-From";
    private const string CacheScan = "Cache-Scan";

    public DoorRequest Read(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (via.IsClosedBy(headers.Via))
        {
            return new(null, FailureReplies.Of(new Failure(FailureReason.UpstreamLoop, "This request has already passed through this ClamProxy: its target leads back here.")));
        }

        foreach (var (name, values) in headers)
        {
            if (!RequestFields.IsOneField(name, values))
            {
                // What follows on this connection may be the rest of it.
                context.Response.Headers.Connection = "close";
                return Bad($"The header field {SafeText.Cut(name, 40)} contains a character that is not allowed, such as a line break.");
            }
        }

        var rawTarget = RawTarget(context);
        if (rawTarget is null)
        {
            return Bad("The request target is not a path. A right one looks like /simple/requests/.");
        }

        var (downloadFrom, cacheScanField) = (headers[DownloadFrom], headers[CacheScan]);
        if (downloadFrom.Count > 1 || cacheScanField.Count > 1)
        {
            return Bad("Download-From and Cache-Scan may each be sent once only.");
        }

        var route = routes.Find(rawTarget, out var rest);
        var headersCount = route is null || route.AllowHeaders;
        if (headersCount && downloadFrom.Count + cacheScanField.Count > 0 && !access.MayChooseSource(client.Known(context)))
        {
            return new(null, new Problem(
                StatusCodes.Status403Forbidden, "untrusted-client", "Client not trusted",
                "Download-From and Cache-Scan are accepted from trusted addresses only, and yours is not one of them. Request a path that has a configured route."));
        }

        var upstream = headersCount && downloadFrom.Count == 1 ? downloadFrom.ToString() : null;
        if (upstream is not null && FetchMetadata.IsOfAPage(headers) && !client.IsTrustedProxy(context))
        {
            return new(null, new Problem(
                StatusCodes.Status403Forbidden, "asked-by-a-page", "Asked by a page",
                "A page in a browser has requested this file (Sec-Fetch-Site), and pages may not choose an upstream (Download-From). Request it without a browser, or use a path that has a configured route."));
        }

        // Patterns are over the paths of the route's own source.
        var isImmutable = route is not null && (upstream is null ? routes.IsImmutable(route, rest) : route.CacheScan);
        if (!TryReadCacheScan(headersCount ? cacheScanField : default, isImmutable, out var cacheScan))
        {
            return Bad($"Cache-Scan: {Shown(cacheScanField)} is neither True nor False.");
        }

        if ((upstream ?? route?.Upstream) is not { } origin)
        {
            return Bad("There is no Download-From header and no route for this path. Send one such as Download-From: https://files.pythonhosted.org/.");
        }

        var pathAndQuery = upstream is null ? rest : rawTarget;
        if (Target.TryCreate(origin, pathAndQuery, out var wrong) is not { } target)
        {
            return Bad(wrong!);
        }

        var answer = links.Of(route, rest, isItsUpstream: upstream is null, context, out wrong);
        if (wrong is not null)
        {
            return Bad(wrong);
        }

        var ownRoute = upstream is null ? route : null;
        var request = new GateRequest(target, fields.Of(context, ownRoute, answer?.OfBody, out var isPrivate), cacheScan)
        {
            IsPrivate = isPrivate,
            Delivery = route?.Delivery,
            BearsInterim = line.BearsInterim(context),
            SeesBrokenTransfers = line.ShowsBrokenTransfers(context),
            // A policy is for the route's own source, not for one that the client names.
            Policy = ownRoute?.PolicyOver(policies.Unscannable),
            Freshness = cacheScan ? null : ownRoute?.Freshness,
            FinishAbandoned = route?.FinishAbandoned ?? false,
            Client = client.NetworkOf(context),
        };
        return new(request, null)
        {
            Ahead = route?.ScanAhead ?? options.ScanAhead ? Ahead(request, origin, pathAndQuery) : null,
            Answer = answer,
            Cookies = ownRoute is null ? null : new RouteCookies(ownRoute, target),
        };
    }

    private static GateRequest? Ahead(GateRequest request, string origin, string pathAndQuery) =>
        AnnouncedFile.Of(pathAndQuery) is { } file && Target.TryCreate(origin, file, out _) is { } target
            ? request with { Target = target }
            : null;

    private static DoorRequest Bad(string detail) =>
        new(null, new Problem(StatusCodes.Status400BadRequest, "bad-request", "Bad request", detail));

    /// <summary>The raw path and query of the origin form or the absolute form (RFC 9112 §3.2).</summary>
    private static string? RawTarget(HttpContext context)
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

    private static bool TryReadCacheScan(StringValues header, bool otherwise, out bool cacheScan)
    {
        cacheScan = otherwise;
        return header.Count == 0 || bool.TryParse(header.ToString(), out cacheScan);
    }

    private static string Shown(StringValues header) => SafeText.Cut(header.ToString(), 40);
}
