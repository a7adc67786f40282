using System.Net;
using ClamProxy.Access;
using ClamProxy.Connections;
using ClamProxy.Problems;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Api;

/// <summary>Who may use the API, and for what.</summary>
internal sealed class ApiAdmission(AccessControl access, ClientAddress client, ApiHosts hosts, ConnectionOptions options)
{
    private const string HowTo =
        "Send Basic or Bearer credentials in Authorization. Without API_CREDENTIALS only this machine and TRUSTED_CLIENTS are served.";

    private static readonly Problem s_askedByAPage = new(
        StatusCodes.Status403Forbidden, "asked-by-a-page", "Asked by a page",
        "A page of another site has made this request (Sec-Fetch-Site, Origin), and only pages of this API may. "
        + "Make it without a browser, or from the page at /.");

    /// <summary>Why a request that was let in may not do this; null: it may.</summary>
    public static Problem? RightMissing(HttpContext context, ApiRights right) => ApiCaller.Has(context, right)
        ? null
        : new Problem(
            StatusCodes.Status403Forbidden,
            "forbidden",
            "Right missing",
            $"These credentials do not have the right {right.ToString().ToLowerInvariant()} (API_CREDENTIALS).");

    /// <summary>
    /// Why this request for what holds no secrets (a page, the document) is refused; null: it is answered. A browser that navigates sends
    /// no token, so that these are for everybody where there are credentials, and else for those who may use the API.
    /// </summary>
    public async ValueTask<Problem?> RefusePageAsync(HttpContext context) =>
        access.IsOpen(AccessSurface.Api)
            ? await RefuseAsync(context, ApiRights.None)
            : RequestHead.TooLong(context.Request.Headers, options);

    /// <summary>Why this event of a store is refused before its token is looked at; null: it is not.</summary>
    public Problem? RefuseEvent(HttpContext context) => RequestHead.TooLong(context.Request.Headers, options);

    /// <summary>Why this request is refused; null: it has the right.</summary>
    public async ValueTask<Problem?> RefuseAsync(HttpContext context, ApiRights right)
    {
        var isLocal = access.IsOpen(AccessSurface.Api) && client.Known(context) is { } address && IPAddress.IsLoopback(address);
        var refusal = RequestHead.TooLong(context.Request.Headers, options)
            ?? (ForeignPage.HasMade(context.Request, isLocal) ? s_askedByAPage : null)
            ?? (access.IsOpen(AccessSurface.Api) ? hosts.Refusal(context.Request.Host) : null);
        if (refusal is not null)
        {
            return refusal;
        }

        var (admission, rights) = await access.AdmitToApiAsync(
            context.Request.Headers, client.Known(context), client.Of(context), context.RequestAborted);
        context.Features.Set(new ApiCaller(rights));
        RequestTrack.Of(context)?.User = admission.Name;
        return AccessProblem.Of(context, admission.Outcome, HowTo, options.RetryAfter) ?? RightMissing(context, right);
    }
}
