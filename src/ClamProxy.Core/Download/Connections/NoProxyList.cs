using System.Globalization;
using System.Net;

namespace ClamProxy.Core.Download.Connections;

/// <summary>
/// Hosts that are asked directly although there is a proxy, as NO_PROXY lists them: a name stands for itself and all names below it, with
/// or without a dot or "*." before it; addresses, CIDRs and "*" are taken too, and a port behind a name or an address.
/// </summary>
internal sealed class NoProxyList(IEnumerable<string> entries)
{
    private readonly List<string> _entries = [.. entries.Select(entry => entry.Trim()).Where(entry => entry.Length > 0)];

    public bool Contains(Uri uri)
    {
        var host = HostName.Normalise(uri.IdnHost);
        return _entries.Exists(entry => Covers(entry, host, uri.Port));
    }

    private static bool Covers(string entry, string host, int port)
    {
        if (entry == "*")
        {
            return true;
        }

        if (entry.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(entry, out var network)
                && IPAddress.TryParse(host, out var address)
                && network.BaseAddress.AddressFamily == address.AddressFamily
                && network.Contains(address);
        }

        var (name, itsPort) = Split(entry);
        var bare = HostName.Normalise(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name.TrimStart('.'));
        return bare.Length > 0
            && (itsPort ?? port) == port
            && (host == bare || (!IPAddress.TryParse(host, out _) && host.EndsWith($".{bare}", StringComparison.Ordinal)));
    }

    private static (string Name, int? Port) Split(string entry)
    {
        var colon = entry.LastIndexOf(':');
        var isBareIPv6 = !entry.StartsWith('[') && entry.IndexOf(':', StringComparison.Ordinal) != colon;
        return colon > 0
            && !isBareIPv6
            && colon > entry.LastIndexOf(']')
            && ushort.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? (entry[..colon], port)
                : (entry, null);
    }
}
