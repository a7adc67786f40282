using ClamProxy.Core.Download;
using ClamProxy.Problems;

namespace ClamProxy.Admin;

/// <summary>
/// Keeps pages in browsers away. Browsers say where a request comes from, and no script can change that: in Sec-Fetch-Site (W3C Fetch
/// Metadata, to https and to this machine only) and in Origin (RFC 6454, with everything but GET and HEAD).
/// </summary>
internal static class AdminGuard
{
    // Names that nobody can register: no page of a stranger has one.
    private static readonly string[] PrivateEndings = [".localhost", ".local", ".internal", ".svc"];

    /// <summary>Why a request is refused; null: it is not.</summary>
    /// <param name="needsCredentials">Without credentials a page could lead its own name here (DNS rebinding): the name in Host tells.
    /// </param>
    public static Problem? Refusal(HttpRequest request, bool needsCredentials)
    {
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var isOfAPage = isRead
            ? site.Length > 0 && site is not ("none" or "same-origin")
            : request.Headers.Origin.Count > 0 || (site.Length > 0 && site != "none");
        if (isOfAPage)
        {
            return new Problem(
                StatusCodes.Status403Forbidden, "asked-by-a-page", "Asked by a page",
                "A page in a browser has made this request (Origin, Sec-Fetch-Site), and pages may not use the admin API. Use clamproxy or "
                    + "another program.");
        }

        return needsCredentials || IsOurName(request.Host.Host) ? null : new Problem(
            StatusCodes.Status403Forbidden, "unknown-host", "Unknown host",
            "This name (Host) could be anybody's, and no credentials are needed here. Call the management port by its address or by a "
                + "local name, or set MANAGEMENT_CREDENTIALS.");
    }

    private static bool IsOurName(string host) =>
        host.Length == 0
        || !host.Contains('.', StringComparison.Ordinal)
        || HostName.TryLiteral(host, out _)
        || host.EndsWith(".svc.cluster.local", StringComparison.OrdinalIgnoreCase)
        || host.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)
        || PrivateEndings.Any(ending => host.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
