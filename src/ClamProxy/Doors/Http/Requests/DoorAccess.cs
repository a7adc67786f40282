using ClamProxy.Access;
using ClamProxy.Connections;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>Refuses access in HTTP's terms.</summary>
internal sealed class DoorAccess(AccessControl access, ClientAddress client, ConnectionOptions options)
{
    /// <summary>Why this request is refused; null: it is allowed, and its credentials have been removed from it.</summary>
    public ValueTask<Problem?> RefuseAsync(HttpContext context) => access.IsOpen(AccessSurface.Proxy) ? default : CheckAsync(context);

    private async ValueTask<Problem?> CheckAsync(HttpContext context)
    {
        var outcome = await access.AdmitAsync(AccessSurface.Proxy, context.Request.Headers, client.Of(context), context.RequestAborted);
        switch (outcome)
        {
            case AccessOutcome.Granted:
                return null;
            case AccessOutcome.Busy:
                return new Problem(
                    StatusCodes.Status503ServiceUnavailable,
                    "overloaded",
                    "Too many passwords waiting",
                    "Too many password checks are waiting; try again later.")
                {
                    RetryAfter = options.RetryAfter,
                };
            default:
                context.Response.Headers.WWWAuthenticate = AccessControl.Challenges;
                return new Problem(
                    StatusCodes.Status401Unauthorized, "unauthorized", "Credentials needed",
                    "Send Basic or Bearer credentials in Proxy-Authorization, or in Authorization if upstream needs none.");
        }
    }
}
