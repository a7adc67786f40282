using System.Net;
using ClamProxy.Access;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Download;

namespace ClamProxy.Connections;

/// <summary>Who asks: the peer, or whom a trusted proxy in front names.</summary>
internal sealed class ClientAddress(ConnectionOptions options)
{
    private const string RealIp = "X-Real-IP";

    private readonly IPNetwork[] _trusted = [.. options.TrustedProxies.Select(network => NetworkText.Parse(network)!.Value)];

    /// <summary>Who asks, for logs.</summary>
    public string? Of(HttpContext context) => (Known(context) ?? Peer(context))?.ToString();

    /// <summary>Whose turn at the scanners it is, and whose share of what is bounded: an address, or the /64 of an IPv6 one.</summary>
    public string? NetworkOf(HttpContext context) => context.Features.Get<ClientConnection>() is { } connection && !IsNamed(context)
        ? connection.Client
        : (Known(context) ?? Peer(context)) is { } address ? ClientNetwork.Of(address) : null;

    /// <summary>The same for a connection's other end; null where it is no address (a unix socket).</summary>
    public static string? NetworkOf(EndPoint? peer) => peer is IPEndPoint { Address: var address } ? ClientNetwork.Of(address) : null;

    /// <summary>Whether a connection comes from a proxy that speaks for many clients.</summary>
    public bool IsTrustedProxy(EndPoint? peer) => peer is IPEndPoint { Address: var address } && IsTrusted(HostName.Unmapped(address));

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
        _trusted.Length > 0 && Peer(context) is { } peer && IsTrusted(peer);

    private bool IsTrusted(IPAddress peer) => Array.Exists(_trusted, network => network.Contains(peer));

    private bool IsNamed(HttpContext context) => _trusted.Length > 0 && context.Request.Headers[RealIp].Count > 0;

    private static IPAddress? Peer(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } peer ? HostName.Unmapped(peer) : null;
}
