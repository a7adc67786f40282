using ClamProxy.Connections;
using ClamProxy.Core.Failures;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>
/// Whether a request is answered at all: there is room for it, its fields are in order, its client is let in, its method is one of this
/// door's.
/// </summary>
internal sealed class RequestAdmission(
    RequestBounds bounds,
    DoorAccess access,
    SourceReader sources,
    ClientAddress client,
    RouteTable routes,
    ViaLoop via,
    ConnectionOptions options)
{
    /// <summary>Takes the place that a request holds until it is over; asked before anything else.</summary>
    public RequestBounds.Place TakePlace(HttpContext context) => bounds.Enter(context);

    /// <summary>Why this request goes no further; null: it is read next.</summary>
    public async ValueTask<Problem?> RefuseAsync(HttpContext context) =>
        RequestHead.TooLong(context.Request.Headers, options)
        ?? await access.RefuseAsync(context)
        ?? WrongMethod(context)
        ?? Loop(context)
        ?? NotOneField(context);

    /// <summary>
    /// Whether a request that waits behind one that was let in would be let in too, as the same client. Nothing is counted or told.
    /// </summary>
    public bool IsLetInWith(HttpContext letIn, HttpContext waiting) =>
        client.NetworkOf(letIn) == client.NetworkOf(waiting)
        && RequestHead.TooLong(waiting.Request.Headers, options) is null
        && access.IsLetInWith(letIn, waiting)
        && sources.MayName(waiting)
        && WrongMethod(waiting) is null
        && Loop(waiting) is null
        && NotOneField(waiting) is null;

    private Problem? WrongMethod(HttpContext context)
    {
        var allowed = MethodsFor(context);
        if (allowed.Contains(context.Request.Method, StringComparer.Ordinal))
        {
            return null;
        }

        var list = string.Join(", ", allowed);
        context.Response.Headers.Allow = list;
        return new Problem(
            StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed",
            (allowed.Count == 0 ? "No method is allowed here." : $"Send {list}.")
                + " Publishing, logging in and auditing work where the operator allows them (Publish or Methods of the route); else do "
                + "so at the registry itself.");
    }

    /// <summary>A route's methods are for its own upstream, not for one that the client names.</summary>
    private IReadOnlyList<string> MethodsFor(HttpContext context) =>
        SourceReader.RawTarget(context) is { } target
        && routes.Find(target, out var rest) is { } route
        && !SourceReader.IsNamedByClient(context, route)
            ? routes.MethodsOf(route, rest)
            : RouteMethods.Reading;

    private Problem? Loop(HttpContext context) => via.IsClosedBy(context.Request.Headers.Via)
        ? FailureProblems.Of(
            new Failure(FailureReason.UpstreamLoop, "This request has already passed through this ClamProxy: its target leads back here."))
        : null;

    private static Problem? NotOneField(HttpContext context)
    {
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!RequestFields.IsOneField(name, values))
            {
                // What follows on this connection may be the rest of it.
                context.Response.Headers.Connection = "close";
                return BadRequest.Of(
                    $"The header field {SafeText.Cut(name, 40)} contains a character that is not allowed, such as a line break.");
            }
        }

        return null;
    }
}
