using System.Globalization;
using System.Net;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>The servers that a client asks first for the others: <c>kafka://host:port,host:port</c>, or without the scheme.</summary>
internal static class KafkaServers
{
    public const string Scheme = "kafka://";
    private const int DefaultPort = 9092;

    public static bool IsUrl(string url) => url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <returns>The list as the client takes it, or what is wrong with it, in words that hold nothing of it.</returns>
    public static (string? Servers, string? Problem) Parse(string text)
    {
        var list = (IsUrl(text) ? text[Scheme.Length..] : text).TrimEnd('/');
        if (list.IndexOfAny(['@', '/', '?', '#']) >= 0)
        {
            return (null, "it holds hosts and ports alone: user and password are KAFKA_USER and KAFKA_PASSWORD");
        }

        var servers = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ServerOf).ToList();
        return servers is [] || servers.Contains(null)
            ? (null, "each server is a name or an address and a port")
            : (string.Join(',', servers), null);
    }

    /// <summary>The text without what may be user and password.</summary>
    public static string Masked(string text)
    {
        var at = text.LastIndexOf('@');
        return at < 0 ? text : $"***{text[at..]}";
    }

    private static string? ServerOf(string text)
    {
        var bracket = text.LastIndexOf(']');
        var colon = text.LastIndexOf(':');
        var (host, port) = colon > bracket ? (text[..colon], text[(colon + 1)..]) : (text, "");
        var isPort = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= IPEndPoint.MaxPort;
        var isHost = Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6
            && (bracket >= 0 || !host.Contains(':', StringComparison.Ordinal));
        return !isHost || (port.Length > 0 && !isPort)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{host}:{(port.Length > 0 ? number : DefaultPort)}");
    }
}
