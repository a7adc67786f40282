using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Delivery;
using Microsoft.AspNetCore.Connections.Features;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// Keeps clients alive while their file is downloaded and scanned, without a byte of it: by <c>100 Continue</c> every few seconds (RFC 9110
/// §15.2.1), which says nothing, and which a client that did not ask for it is to ignore.
/// </summary>
internal sealed class InterimResponses(HttpDoorOptions options, GateOptions gate, HttpDoorMetrics metrics, TimeProvider clock)
{
    /// <summary>Begins to send them, if the client supports them and the request is delivered so.</summary>
    /// <returns>To be disposed of before anything of the answer is sent; null: none is sent.</returns>
    public InterimSender? Begin(HttpContext context, GateRequest request) =>
        request.BearsInterim
        && (request.Delivery ?? gate.Delivery) is DeliveryMode.KeepAlive or DeliveryMode.Interim
        // Above TLS, below HTTP: nothing else writes there before the answer begins, as no other request of the connection is read before
        // its end.
        && context.Features.Get<IConnectionTransportFeature>()?.Transport.Output is { } output
            ? new InterimSender(context, output, options, metrics, clock)
            : null;
}
