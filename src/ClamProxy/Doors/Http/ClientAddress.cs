using System.Net;
using ClamProxy.Core.Download;

namespace ClamProxy.Doors.Http;

/// <summary>Who asks: the peer, or whom a trusted proxy in front names. Clients take turns at the scanners by it, nothing else.</summary>
internal sealed class ClientAddress(HttpDoorOptions options)
{
    private const string RealIp = "X-Real-IP";

    private readonly IPNetwork[] _trusted = [.. options.TrustedProxies.Select(network => IPNetwork.Parse(network))];

    public string? Of(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        return peer is not null
            && _trusted.Length > 0
            && IsTrusted(peer)
            && IPAddress.TryParse(context.Request.Headers[RealIp].ToString(), out var named)
                ? named.ToString()
                : peer?.ToString();
    }

    private bool IsTrusted(IPAddress peer)
    {
        var plain = HostName.Unmapped(peer);
        return Array.Exists(_trusted, network => network.Contains(plain));
    }
}
