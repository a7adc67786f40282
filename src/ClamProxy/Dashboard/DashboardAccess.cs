using System.Net;
using ClamProxy.Access;
using ClamProxy.Core.Download;

namespace ClamProxy.Dashboard;

/// <summary>
/// Who may see the dashboard: whoever has MANAGEMENT_CREDENTIALS, and without any this machine alone, by a name of its own. It shows what
/// clients ask for, which the metrics of the same port do not.
/// </summary>
internal sealed class DashboardAccess(AccessControl access, DashboardOptions options)
{
    private static readonly string[] s_forwarding = ["Forwarded", "X-Forwarded-For", "X-Real-IP"];

    private readonly OwnHosts _names = new(options.Hosts);

    /// <summary>Lets a request in, or writes its refusal's fields.</summary>
    /// <returns>Why it is not let in; null: it is.</returns>
    public async ValueTask<string?> RefuseAsync(HttpContext context)
    {
        var isOpen = access.IsOpen(AccessSurface.Management);
        var refusal = ForeignPage.HasMade(context.Request, isOpen) ? "a page of another site has asked for this"
            : isOpen && !IsHere(context) ? "without MANAGEMENT_CREDENTIALS the dashboard is for this machine alone"
            : isOpen && !_names.Know(context.Request.Host) ? "unknown host: list it in DASHBOARD_HOSTS, or set MANAGEMENT_CREDENTIALS"
            : null;
        if (refusal is not null)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return refusal;
        }

        var client = context.Connection.RemoteIpAddress?.ToString();
        var admission = await access.AdmitAsync(
            AccessSurface.Management, context.Request.Headers, client, context.RequestAborted);
        switch (admission.Outcome)
        {
            case AccessOutcome.Granted:
                return null;
            case AccessOutcome.Busy:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = "5";
                return "too many passwords are being checked";
            default:
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                context.Response.Headers.WWWAuthenticate = AccessControl.Challenges;
                return "credentials needed (MANAGEMENT_CREDENTIALS)";
        }
    }

    /// <summary>A proxy on this machine asks for somebody else, who may be anybody.</summary>
    private static bool IsHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } peer
        && IPAddress.IsLoopback(HostName.Unmapped(peer))
        && !s_forwarding.Any(context.Request.Headers.ContainsKey);
}
