using System.Buffers;
using System.Collections.Frozen;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>
/// The one list of response fields that no upstream gets past here. Names are compared as the laxest reader behind does, which takes all
/// that is neither letter nor digit for one separator (CGI: X_Accel_Redirect).
/// </summary>
internal static class BlockedFields
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        // Set from the body, or this door's own word.
        "Content-Length", "Transfer-Encoding", "Accept-Ranges", "Repr-Digest", "Scan-Verdict", "Cache-Status", "Server-Timing",
        "X-Request-ID",
        // Lead the client past the scanner.
        "Alt-Svc", "Alt-Used", "Refresh",
        // Hold for all of this host in a browser, whatever path they came from.
        "Clear-Site-Data", "Service-Worker-Allowed", "Strict-Transport-Security", "Public-Key-Pins", "Public-Key-Pins-Report-Only",
        "Expect-CT", "Report-To", "Reporting-Endpoints",
        "NEL", "Set-Cookie2", "Set-Login", "Accept-CH", "Accept-CH-Lifetime", "Critical-CH", "Origin-Agent-Cluster", "Origin-Trial",
        "Activate-Storage-Access",
        "Secure-Session-Registration", "Sec-Session-Registration",
        // Have a cache in front run ESI, or keep by other rules than the client sees.
        "Surrogate-Control", "Edge-Control",
        // About one connection.
        "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "HTTP2-Settings");

    /// <summary>Fields that tell servers in front what to send, to fetch or to believe of this one.</summary>
    private static readonly string[] Beginnings =
    [
        "X-Accel-", "X-Sendfile", "X-Lighttpd-", "X-LiteSpeed-", "X-Reproxy-", "X-Envoy-", "Proxy-"
    ];

    private static readonly SearchValues<char> OfPlainNames = SearchValues.Create(
        "-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static bool Contain(string name)
    {
        var plain = Plain(name);
        if (Names.Contains(plain))
        {
            return true;
        }

        foreach (var beginning in Beginnings)
        {
            if (plain.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string Plain(string name) =>
        !name.AsSpan().ContainsAnyExcept(OfPlainNames) ? name : string.Create(name.Length, name, (into, from) =>
        {
            for (var i = 0; i < into.Length; i++)
            {
                into[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '-';
            }
        });
}
