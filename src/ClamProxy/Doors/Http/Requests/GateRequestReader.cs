using ClamProxy.Connections;
using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Policies;
using ClamProxy.Doors.Http.Progress;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>Translates an HTTP request into the gate's, or into the problem that tells the client what to mend.</summary>
internal sealed class GateRequestReader(
    SourceReader sources,
    UpstreamFields fields,
    ClientAddress client,
    ClientCapabilities line,
    RouteLinks links,
    HttpDoorOptions options,
    CurrentPolicies policies)
{
    public DoorRequest Read(HttpContext context)
    {
        if (sources.Read(context, out var problem) is not { } source)
        {
            return new(null, problem);
        }

        var answer = links.Of(source.Route, source.Rest, isItsUpstream: !source.IsNamedByClient, context, out var wrong);
        if (wrong is not null)
        {
            return new(null, BadRequest.Of(wrong));
        }

        var request = GateRequestOf(context, source, answer);
        return new(request, null)
        {
            Ahead = source.Route?.ScanAhead ?? options.ScanAhead ? Ahead(request, source) : null,
            Answer = answer,
            Cookies = source.OwnRoute is { } ownRoute ? new RouteCookies(ownRoute, source.Target) : null,
            IsIsolated = options.IsolateContent,
        };
    }

    private GateRequest GateRequestOf(HttpContext context, RequestedSource source, AnswerLinks? answer)
    {
        var progress = source.Route?.ProgressPage ?? options.ProgressPage ? ProgressVisit.Of(context, options.ProgressPageAfter) : null;
        // Conditions of a request that changes something are upstream's to weigh, whatever links its answer has.
        var isReading = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        var sent = fields.Of(
            context, source.OwnRoute, isReading ? answer?.OfBody : null, isReading && source.Revalidates, source.Identity?.Field);
        return new(source.Target, sent.Fields, source.CacheScan)
        {
            IsPrivate = sent.IsPrivate,
            NeutralFields = sent.Neutral,
            Delivery = source.Route?.Delivery,
            Progress = progress,
            BearsInterim = line.BearsInterim(context),
            SeesBrokenTransfers = line.ShowsBrokenTransfers(context),
            // A policy is for the route's own source, not for one that the client names.
            Policy = source.OwnRoute?.PolicyOver(policies.Options.Unscannable),
            KnowsContents = source is { AsksFreshScan: false, Revalidates: true },
            Freshness = source.Revalidates ? source.OwnRoute?.Freshness ?? Freshness.ByUpstream : null,
            Directives = source.Revalidates ? CacheControl.Of(context.Request.Headers.CacheControl) : CacheControl.None,
            FinishAbandoned = source.Route?.FinishAbandoned ?? false,
            Client = client.NetworkOf(context),
            Identity = source.Identity,
        };
    }

    private static GateRequest? Ahead(GateRequest request, RequestedSource source) =>
        AnnouncedFile.Of(source.PathAndQuery) is { } file && Target.TryCreate(source.Origin, file, out _) is { } target
            ? request with { Target = target }
            : null;
}
