using System.Collections.Frozen;

namespace ClamProxy.Doors.Http;

/// <summary>The request fields that are meant for ClamProxy, or that it sets itself, and so do not go upstream.</summary>
internal static class RequestFields
{
    private static readonly FrozenSet<string> Ours = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "X-Sendfile-Type", "X-Real-IP", "Download-From", "Cache-Scan", "Range", "If-Range", "Accept-Encoding", "Via",
        "Content-Length", "Content-Type", "Content-Encoding");

    /// <summary>Also true for HTTP/2's pseudo fields, and for those that describe a body: GET and HEAD are forwarded without one.</summary>
    public static bool StaysHere(string name) => Ours.Contains(name) || name.StartsWith(':');
}
