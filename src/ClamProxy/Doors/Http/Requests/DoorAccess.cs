using ClamProxy.Access;
using ClamProxy.Connections;
using ClamProxy.Problems;
using ClamProxy.Tracking;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>Refuses access in HTTP's terms.</summary>
internal sealed class DoorAccess(AccessControl access, ClientAddress client, ConnectionOptions options)
{
    private const string HowTo =
        "Send Basic or Bearer credentials in Proxy-Authorization, or in Authorization if upstream needs none.";

    /// <summary>Why this request is refused; null: it is allowed, and its credentials have been removed from it.</summary>
    public ValueTask<Problem?> RefuseAsync(HttpContext context) => access.IsOpen(AccessSurface.Proxy) ? default : CheckAsync(context);

    /// <summary>
    /// Whether a request that waits behind one that was let in shows the same credentials; they are removed from it. Nothing is counted.
    /// </summary>
    public bool IsLetInWith(HttpContext letIn, HttpContext waiting) =>
        access.IsOpen(AccessSurface.Proxy)
        || (letIn.Features.Get<GrantedCredential>() is { } granted && granted.Field == AccessControl.TakeOurs(waiting.Request.Headers));

    private async ValueTask<Problem?> CheckAsync(HttpContext context)
    {
        var presented = AccessControl.Presented(context.Request.Headers);
        var admission = await access.AdmitAsync(AccessSurface.Proxy, context.Request.Headers, client.Of(context), context.RequestAborted);
        RequestTrack.Of(context)?.User = admission.Name;
        if (admission.Outcome == AccessOutcome.Granted)
        {
            context.Features.Set(new GrantedCredential(presented));
        }

        return AccessProblem.Of(context, admission.Outcome, HowTo, options.RetryAfter);
    }

    /// <summary>The field by which a request was let in.</summary>
    private sealed record GrantedCredential(StringValues Field);
}
