using ClamProxy.Access;
using ClamProxy.Connections;
using ClamProxy.Problems;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>Refuses access in HTTP's terms.</summary>
internal sealed class DoorAccess(AccessControl access, ClientAddress client, ConnectionOptions options)
{
    private const string HowTo =
        "Send Basic or Bearer credentials in Proxy-Authorization, or in Authorization if upstream needs none.";

    /// <summary>Why this request is refused; null: it is allowed, and its credentials have been removed from it.</summary>
    public ValueTask<Problem?> RefuseAsync(HttpContext context) => access.IsOpen(AccessSurface.Proxy) ? default : CheckAsync(context);

    private async ValueTask<Problem?> CheckAsync(HttpContext context)
    {
        var admission = await access.AdmitAsync(AccessSurface.Proxy, context.Request.Headers, client.Of(context), context.RequestAborted);
        RequestTrack.Of(context)?.User = admission.Name;
        return AccessProblem.Of(context, admission.Outcome, HowTo, options.RetryAfter);
    }
}
