using ClamProxy.Core.Admission;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Rewriting;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>Sends a HEAD on to upstream, by the same guarded way that downloads take, and upstream's head back.</summary>
internal sealed class HeadForwarder(
    IHttpForwarder forwarder,
    UpstreamClient upstream,
    FlightShares shares,
    DownloadOptions download,
    RewrittenFields rewritten,
    NetworkCookies cookies,
    ViaLoop via)
{
    // Later than the download's own deadline, which knows why it ran out.
    private readonly ForwarderRequestConfig _config = new() { ActivityTimeout = download.HeaderTimeout + TimeSpan.FromSeconds(10) };

    /// <returns>Why upstream gave no head; null when it was sent.</returns>
    public async Task<Failure?> SendAsync(HttpContext context, GateRequest request, LinkRewriting? links)
    {
        // A HEAD holds a connection and waits for a name as a GET does.
        using var share = shares.TryTake(request.Client, request.Target, out var full);
        if (share is null)
        {
            return full;
        }

        // A HEAD that asks for an upgrade is a HEAD: YARP would make a GET or a CONNECT of it.
        context.Features.Set<IHttpUpgradeFeature>(null);
        context.Features.Set<IHttpExtendedConnectFeature>(null);
        var error = await forwarder.SendAsync(
            context,
            request.Target.Uri.GetLeftPart(UriPartial.Authority),
            upstream.Invoker,
            _config,
            new Transformer(request, links, rewritten, cookies, via));
        if (error == ForwarderError.None)
        {
            return null;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            return new Failure(FailureReason.ClientGone, "The client left.");
        }

        return context.GetForwarderErrorFeature()?.Exception is { } cause
            ? UpstreamFaults.Classify(cause)
            : new Failure(
                FailureReason.UpstreamTimedOut, $"The upstream server did not answer in time. Upstream: {request.Target.Server}.");
    }

    private sealed class Transformer(
        GateRequest request, LinkRewriting? links, RewrittenFields rewritten, NetworkCookies cookies, ViaLoop via) : HttpTransformer
    {
        public override ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            proxyRequest.RequestUri = request.Target.Uri;
            proxyRequest.Content = null;
            if (request.Client is not null)
            {
                proxyRequest.Options.Set(UpstreamGuard.Client, ClientNetwork.Of(request.Client));
            }

            foreach (var (name, value) in request.Headers)
            {
                proxyRequest.Headers.TryAddWithoutValidation(name, value);
            }

            UpstreamClient.SetRequestId(proxyRequest);
            request.Identity?.ApplyTo(proxyRequest);
            return ValueTask.CompletedTask;
        }

        public override ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            if (proxyResponse is null)
            {
                return ValueTask.FromResult(false);
            }

            var response = httpContext.Response;
            var upstreams = cookies.Without(UpstreamHead.Of(proxyResponse), request);
            var head = SuitedCoding.HeadFor(httpContext, request, upstreams);
            response.StatusCode = head.Status;
            ReasonPhrases.Keep(httpContext, head, head.Status);
            ResponseFields.Copy(head, response, via, isPart: false);
            // What is said of the stored answer is upstream's word, not what its client is told.
            httpContext.Features.Set(upstreams);
            response.Headers.Append("Cache-Status", $"ClamProxy; fwd=method; fwd-status={head.Status}");
            if (links is not null && RewrittenFields.Concern(head))
            {
                rewritten.Set(httpContext, head, links);
                return ValueTask.FromResult(true);
            }

            var isAsItCame = SuitedCoding.Suits(httpContext, request, upstreams);
            response.ContentLength = isAsItCame && ResponseFields.HasBody(head.Status) ? proxyResponse.Content.Headers.ContentLength : null;
            if (head.Status == StatusCodes.Status200OK)
            {
                response.Headers.AcceptRanges = "bytes";
            }

            return ValueTask.FromResult(true);
        }
    }
}
