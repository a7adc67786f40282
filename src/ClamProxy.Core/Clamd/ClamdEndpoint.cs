using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Core.Clamd;

/// <summary>Where one clamd listens.</summary>
internal sealed record ClamdEndpoint(string Text, EndPoint Address)
{
    /// <summary>clamd.conf's TCPSocket in every sample and container image.</summary>
    public const int DefaultPort = 3310;

    public const string Takes = "takes tcp://host:port, host:port, host (port 3310), [ipv6]:port or unix:///absolute/path";

    private const string Tcp = "tcp://";
    private const string Unix = "unix://";

    public bool IsUnix => Address is UnixDomainSocketEndPoint;

    /// <summary>Reads one entry of CLAMD_HOSTS; null when it is invalid.</summary>
    public static ClamdEndpoint? TryParse(string text)
    {
        text = text.Trim();
        if (text.StartsWith(Unix, StringComparison.OrdinalIgnoreCase))
        {
            return TryUnix(text[Unix.Length..]);
        }

        if (text.StartsWith(Tcp, StringComparison.OrdinalIgnoreCase))
        {
            return TryTcp(text[Tcp.Length..].TrimEnd('/'));
        }

        return text.Contains("//", StringComparison.Ordinal) ? null : TryTcp(text);
    }

    /// <exception cref="ArgumentException">The text is no endpoint; options are checked before a pool is made.</exception>
    public static ClamdEndpoint Parse(string text) =>
        TryParse(text) ?? throw new ArgumentException($"{text}: {Takes}", nameof(text));

    /// <summary>One of the addresses that this one's name leads to: connections go there, even if the name changes.</summary>
    public ClamdEndpoint At(IPEndPoint address) => new($"{Text} ({address.Address})", address);

    public override string ToString() => Text;

    private static ClamdEndpoint? TryUnix(string path)
    {
        try
        {
            return path.StartsWith('/') && path.Length > 1 ? new ClamdEndpoint(Unix + path, new UnixDomainSocketEndPoint(path)) : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            // Longer than sockaddr_un's 108 bytes.
            return null;
        }
    }

    private static ClamdEndpoint? TryTcp(string text)
    {
        if (Split(text) is not var (host, portText) || host.Length == 0)
        {
            return null;
        }

        var port = DefaultPort;
        if (portText is not null && !int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            return null;
        }

        if (port is 0 or > IPEndPoint.MaxPort)
        {
            return null;
        }

        if (IPAddress.TryParse(host, out var address))
        {
            return new ClamdEndpoint(Name(host, port), new IPEndPoint(address, port));
        }

        return Uri.CheckHostName(host) is UriHostNameType.Dns ? new ClamdEndpoint(Name(host, port), new DnsEndPoint(host, port)) : null;
    }

    private static (string Host, string? Port)? Split(string text)
    {
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0)
            {
                return null;
            }

            var rest = text[(end + 1)..];
            if (rest.Length == 0)
            {
                return (text[1..end], null);
            }

            return rest[0] == ':' ? (text[1..end], rest[1..]) : null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return (text, null);
        }

        return text.IndexOf(':', colon + 1) < 0 ? (text[..colon], text[(colon + 1)..]) : null;
    }

    private static string Name(string host, int port) =>
        host.Contains(':', StringComparison.Ordinal) ? $"{Tcp}[{host}]:{port}" : $"{Tcp}{host}:{port}";
}
