using ClamProxy.Access;
using ClamProxy.Doors.Http.Problems;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>Says in HTTP's words that somebody is not let in.</summary>
internal sealed class DoorAccess(AccessControl access, ClientAddress client, HttpDoorOptions options)
{
    /// <summary>Why this request goes no further; null: it is let in, and what it showed for that is no longer on it.</summary>
    public ValueTask<Problem?> RefuseAsync(HttpContext context) => access.IsOpen(AccessSurface.Proxy) ? default : CheckAsync(context);

    private async ValueTask<Problem?> CheckAsync(HttpContext context)
    {
        var outcome = await access.AdmitAsync(AccessSurface.Proxy, context.Request.Headers, client.Of(context), context.RequestAborted);
        switch (outcome)
        {
            case AccessOutcome.Granted:
                return null;
            case AccessOutcome.Busy:
                return new Problem(StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many passwords waiting", "More passwords are being checked than can be waited for.")
                {
                    RetryAfter = options.RetryAfter,
                };
            default:
                context.Response.Headers.WWWAuthenticate = AccessControl.Challenges;
                return new Problem(
                    StatusCodes.Status401Unauthorized, "unauthorized", "Credentials needed",
                    "ClamProxy takes Basic or Bearer credentials, in Proxy-Authorization, or in Authorization where upstream needs none of its own.");
        }
    }
}
