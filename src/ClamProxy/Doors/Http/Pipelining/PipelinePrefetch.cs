using System.IO.Pipelines;
using ClamProxy.Connections;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Flights;
using ClamProxy.Core.Store;
using ClamProxy.Doors.Http.Requests;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ClamProxy.Doors.Http.Pipelining;

/// <summary>
/// While one of several pipelined requests (RFC 9112 §9.3.2) is answered, begins to fetch and scan what those behind it ask for: the
/// server reads each only when the answer before it is sent. Each of them goes through the same steps as it will when its turn comes,
/// and is answered, counted and told only then.
/// </summary>
internal sealed class PipelinePrefetch(
    RequestAdmission admission, GateRequestReader reader, ContentGate gate, HttpDoorOptions options, StoreOptions store)
{
    /// <summary>A request has come whose client may have sent others behind it.</summary>
    /// <returns>What to call where it has to wait; null: nothing waits behind it, or that has been begun.</returns>
    public Action? Of(HttpContext context)
    {
        if (InputOf(context) is not { } input || !WaitingHeads.HasAny(input))
        {
            return null;
        }

        if (context.Features.Get<ClientConnection>()!.Ahead is null)
        {
            return Later(context, input);
        }

        // It is one of those that were begun, and may be here by now: the next one takes its place.
        Begin(context, input);
        return null;
    }

    /// <summary>A request had to wait: begins what has come behind it meanwhile.</summary>
    public void BeginLate(HttpContext context)
    {
        if (!context.RequestAborted.IsCancellationRequested && InputOf(context) is { } input)
        {
            Begin(context, input);
        }
    }

    private Action Later(HttpContext context, PipeReader input) => () => Begin(context, input);

    /// <summary>
    /// What the server reads the connection's next requests from, above TLS: nobody reads there while it answers a request without a body.
    /// Null: nothing is to be begun. HTTP/2 has no such order.
    /// </summary>
    private PipeReader? InputOf(HttpContext context) =>
        options.PipelinePrefetch > 0
        && store.IsOn
        && HttpProtocol.IsHttp11(context.Request.Protocol)
        && HttpMethods.IsGet(context.Request.Method)
        && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
        && context.Features.Get<ClientConnection>() is { Ahead: null or { IsOver: false } }
        && !HopByHop.EndsConnection(context.Request.Headers.Connection)
        && !HopByHop.EndsConnection(context.Response.Headers.Connection)
            ? context.Features.Get<IConnectionTransportFeature>()?.Transport.Input
            : null;

    private void Begin(HttpContext context, PipeReader input)
    {
        var connection = context.Features.Get<ClientConnection>()!;
        foreach (var (head, key) in WaitingHeads.Peek(input, options.PipelinePrefetch))
        {
            var ahead = connection.Ahead ??= new RequestsAhead(options.PipelinePrefetch);
            if (ahead.IsNew(key) && TryRead(context, head) is { } request)
            {
                ahead.Begin();
                gate.BeginAsked(request, outcome => ahead.Ended(isLost: outcome == AheadOutcome.Lost), connection.Closed);
            }
        }
    }

    /// <summary>The request that is answered does not fail by one that waits behind it: that one fails when its turn comes.</summary>
    private GateRequest? TryRead(HttpContext context, WaitingHead head)
    {
        try
        {
            return Read(context, head);
        }
        catch (Exception e)
        {
            gate.NotBegun(e);
            return null;
        }
    }

    /// <summary>What a waiting request will ask the gate for; null: nothing, or not for the client that is being answered.</summary>
    private GateRequest? Read(HttpContext context, WaitingHead head)
    {
        var waiting = ContextOf(context, head);
        return admission.IsLetInWith(context, waiting) ? reader.Read(waiting).Gate : null;
    }

    /// <summary>The request as the server would show it. Nobody reads its answer.</summary>
    private static DefaultHttpContext ContextOf(HttpContext context, WaitingHead head)
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Protocol = context.Request.Protocol,
            Scheme = context.Request.Scheme,
            Method = HttpMethods.Get,
            RawTarget = head.Target,
            Headers = head.Fields,
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set(context.Features.Get<IHttpConnectionFeature>());
        features.Set(context.Features.Get<ClientConnection>());
        return new DefaultHttpContext(features);
    }
}
