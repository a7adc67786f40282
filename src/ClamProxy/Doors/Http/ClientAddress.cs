using System.Net;
using ClamProxy.Core.Download;

namespace ClamProxy.Doors.Http;

/// <summary>Who asks: the peer, or whom a trusted proxy in front names.</summary>
internal sealed class ClientAddress(HttpDoorOptions options)
{
    private const string RealIp = "X-Real-IP";

    private readonly IPNetwork[] _trusted = [.. options.TrustedProxies.Select(network => IPNetwork.Parse(network))];

    /// <summary>Whose turn at the scanners it is.</summary>
    public string? Of(HttpContext context) => (Known(context) ?? Peer(context))?.ToString();

    /// <summary>The address that rights are given to; null where a trusted proxy's field is no address, or there is none at all.</summary>
    public IPAddress? Known(HttpContext context)
    {
        var peer = Peer(context);
        var named = context.Request.Headers[RealIp];
        return named.Count == 0 || !IsTrustedProxy(context) ? peer
            : IPAddress.TryParse(named.ToString(), out var address) ? HostName.Unmapped(address)
            : null;
    }

    /// <summary>Whether the request came through a proxy that says truly what it was asked.</summary>
    public bool IsTrustedProxy(HttpContext context) =>
        _trusted.Length > 0 && Peer(context) is { } peer && Array.Exists(_trusted, network => network.Contains(peer));

    private static IPAddress? Peer(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } peer ? HostName.Unmapped(peer) : null;
}
