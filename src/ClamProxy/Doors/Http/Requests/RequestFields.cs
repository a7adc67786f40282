using System.Buffers;
using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>
/// What is known of request fields: those that are meant for ClamProxy, or that it sets itself, and so do not go upstream, and what is no
/// field at all.
/// </summary>
internal static class RequestFields
{
    private static readonly FrozenSet<string> Ours = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host",
        "X-Sendfile-Type",
        "X-Real-IP",
        ClientCapabilities.Protocol,
        "Download-From",
        "Cache-Scan",
        "Range",
        "If-Range",
        "Accept-Encoding",
        "Via",
        "Content-Length", "Content-Type", "Content-Encoding");

    private static readonly FrozenSet<string> WithLinks = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since",
        "Forwarded", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Prefix");

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> OfNames =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly SearchValues<char> NotOfValues =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7f).Select(code => (char)code).Where(c => c != '\t')]);

    /// <summary>
    /// Whether every reader would take this for one field: HTTP/2 carries any bytes, HTTP/1.1 ends a field at a line break, and between the
    /// two nobody agrees.
    /// </summary>
    public static bool IsOneField(string name, StringValues values)
    {
        var plain = name.StartsWith(':') ? name.AsSpan(1) : name;
        if (plain.IsEmpty || plain.ContainsAnyExcept(OfNames))
        {
            return false;
        }

        foreach (var value in values)
        {
            if (value.AsSpan().ContainsAny(NotOfValues))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether a field asks upstream about a copy that the client has, or tells it by which name this proxy is known. Where links are
    /// rewritten, the copy is not upstream's, and an upstream that puts that name into its links would make ones that no rule knows.
    /// </summary>
    public static bool IsWeighedWithLinks(string name) => WithLinks.Contains(name);

    /// <summary>Also true for HTTP/2's pseudo fields, and for those that describe a body: GET and HEAD are forwarded without one.</summary>
    public static bool StaysHere(string name) => Ours.Contains(name) || name.StartsWith(':');

    /// <summary>
    /// Whether a field goes upstream only where the operator names it, whatever it looks like: what it says of a client, of its network or
    /// its program is not upstream's business.
    /// </summary>
    public static bool StaysUnlessNamed(string name) =>
        name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || name.Replace('_', '-').StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a field is a credential by its definition (RFC 9110 §11.6.2, RFC 6265 §5.4), whatever an operator says.</summary>
    public static bool IsAlwaysCredential(string name) =>
        name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || name.Equals("Cookie", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an operator may name a field to go upstream.</summary>
    public static bool MayBeNamed(string name) => IsOneField(name, StringValues.Empty) && !StaysHere(name) && !HopByHop.EndsHere(name, []);
}
