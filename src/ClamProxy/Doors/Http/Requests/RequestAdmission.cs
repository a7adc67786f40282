using ClamProxy.Connections;
using ClamProxy.Core.Failures;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>
/// Whether a request is answered at all: there is room for it, its fields are in order, its client is let in, its method is one of this
/// door's.
/// </summary>
internal sealed class RequestAdmission(RequestBounds bounds, DoorAccess access, ViaLoop via, ConnectionOptions options)
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

    private static Problem? WrongMethod(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            return null;
        }

        context.Response.Headers.Allow = "GET, HEAD";
        return new Problem(
            StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed",
            "ClamProxy fetches files: send GET or HEAD. Publish, log in and audit at the registry itself.");
    }

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
