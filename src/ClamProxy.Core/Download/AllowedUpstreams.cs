using System.Net;

namespace ClamProxy.Core.Download;

/// <summary>The parsed allow-list: hosts, wildcards and networks that may be reached. Empty: any public host on 80 and 443.</summary>
internal sealed class AllowedUpstreams
{
    private readonly List<(string Host, int? Port)> _hosts = [];
    private readonly List<(string Suffix, int? Port)> _wildcards = [];
    private readonly List<IPNetwork> _networks = [];

    public AllowedUpstreams(IEnumerable<string> entries)
    {
        foreach (var entry in entries.Select(entry => entry.Trim()).Where(entry => entry.Length > 0))
        {
            if (!TryAdd(entry))
            {
                WrongEntries.Add(entry);
            }
        }
    }

    public List<string> WrongEntries { get; } = [];

    public bool HasNetworks => _networks.Count > 0;

    // An entry nobody understands is still an entry: a list that lost its only one must not mean "anything".
    public bool IsList => _hosts.Count + _wildcards.Count + _networks.Count + WrongEntries.Count > 0;

    public HostPermission GrantFor(string host, int port)
    {
        if (!IsList)
        {
            return port is 80 or 443 ? HostPermission.PublicAddresses : HostPermission.ListedNetworks;
        }

        var name = HostName.Normalise(host);
        if (_hosts.Any(entry => entry.Host == name && (entry.Port ?? port) == port))
        {
            return HostPermission.InternalAddresses;
        }

        return _wildcards.Any(entry => name.EndsWith(entry.Suffix, StringComparison.Ordinal) && name.Length > entry.Suffix.Length
                                       && (entry.Port ?? port) == port)
            ? HostPermission.PublicAddresses
            : HostPermission.ListedNetworks;
    }

    /// <summary>Whether an address may be connected to. What it carries inside has to be allowed as well, or public.</summary>
    public bool Permits(HostPermission grant, IPAddress address)
    {
        var outer = HostName.Unmapped(address);
        return IsAllowed(grant, outer)
            && AddressTable.Embedded(outer).All(inner => IsAllowed(grant, inner) || AddressTable.ReachOf(inner) is AddressReach.Public);
    }

    private bool IsAllowed(HostPermission grant, IPAddress address) => IsListed(address) || Covers(grant, address);

    private static bool Covers(HostPermission grant, IPAddress address) => AddressTable.ReachOf(address) switch
    {
        AddressReach.Special => false,
        AddressReach.Internal => grant is HostPermission.InternalAddresses,
        AddressReach.Public => grant is HostPermission.InternalAddresses or HostPermission.PublicAddresses,
    };

    private bool IsListed(IPAddress address) =>
        _networks.Any(network => network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address));

    private bool TryAdd(string entry)
    {
        if (entry.Contains('/', StringComparison.Ordinal))
        {
            return TryAddNetwork(entry);
        }

        if (!TrySplitPort(entry, out var host, out var port))
        {
            return false;
        }

        var isWildcard = host.StartsWith("*.", StringComparison.Ordinal);
        var name = HostName.Normalise(isWildcard ? host[2..] : host);
        if (!IsName(name) && (isWildcard || !HostName.TryLiteral(name, out _)))
        {
            return false;
        }

        if (isWildcard)
        {
            _wildcards.Add(("." + name, port));
        }
        else
        {
            _hosts.Add((name, port));
        }

        return true;
    }

    private bool TryAddNetwork(string entry)
    {
        if (!IPNetwork.TryParse(entry, out var network))
        {
            return false;
        }

        // Addresses are compared unmapped, so a mapped network is taken as the IPv4 one it means.
        var isMapped = network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96;
        _networks.Add(isMapped ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96) : network);
        return true;
    }

    private static bool TrySplitPort(string entry, out string host, out int? port)
    {
        host = entry;
        port = null;
        var colon = entry.LastIndexOf(':');
        var isBareIPv6 = entry.IndexOf(':', StringComparison.Ordinal) != colon && !entry.StartsWith('[');
        if (colon < 0 || isBareIPv6 || colon < entry.LastIndexOf(']'))
        {
            return true;
        }

        host = entry[..colon];
        var isPort = ushort.TryParse(entry.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var number);
        port = number;
        return isPort && number > 0;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && Uri.CheckHostName(name) == UriHostNameType.Dns && !name.Contains('*', StringComparison.Ordinal);
}
