using System.Globalization;
using System.Net;

namespace ClamProxy.Core.Redis;

/// <summary>Reads <c>host</c>, <c>host:port</c> and <c>[IPv6]:port</c>.</summary>
internal static class RedisEndPoint
{
    public const string Takes = "a host is a name or an address, an IPv6 address in brackets, with a port from 1 to 65535 if any";

    /// <returns>Null: it is none.</returns>
    public static EndPoint? Parse(string text, int defaultPort)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        var (host, rest) = end < 0 ? (text, "") : (text[..end], text[end..]);
        if (ReadPort(rest, defaultPort) is not { } port)
        {
            return null;
        }

        return Uri.CheckHostName(host) switch
        {
            UriHostNameType.IPv4 or UriHostNameType.IPv6 when IPAddress.TryParse(host, out var address) => new IPEndPoint(address, port),
            UriHostNameType.Dns => new DnsEndPoint(host, port),
            _ => null,
        };
    }

    private static int? ReadPort(string text, int defaultPort)
    {
        if (text.Length == 0)
        {
            return defaultPort;
        }

        return text[0] == ':' && ushort.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : null;
    }
}
