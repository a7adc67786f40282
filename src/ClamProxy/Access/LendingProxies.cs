using System.Net;
using ClamProxy.Core.Download;

namespace ClamProxy.Access;

/// <summary>
/// Proxies that may lend messages to a door without credentials: those that the door names, TRUSTED_CLIENTS, and this machine. Whoever
/// lends messages names URLs and clients.
/// </summary>
/// <param name="named">CIDRs or addresses, as options hold them when they are valid.</param>
internal sealed class LendingProxies(IEnumerable<string> named, AccessOptions access)
{
    private readonly IPNetwork[] _networks =
    [
        .. named.Select(network => NetworkText.Parse(network)!.Value),
        .. access.TrustedClients.Select(network => IPNetwork.Parse(network)),
    ];

    public bool Have(IPAddress? peer) => peer is not null
        && HostName.Unmapped(peer) is var plain
        && (IPAddress.IsLoopback(plain) || Array.Exists(_networks, network => network.Contains(plain)));
}
