using System.Net;

namespace ClamProxy.Access;

/// <summary>Networks as operators write them: a CIDR (<c>10.1.0.0/16</c>), or an address, which is a network of its own.</summary>
internal static class NetworkText
{
    /// <summary>The network, or null where the text is none. Clients are compared unmapped, so a mapped network is the IPv4 one.</summary>
    public static IPNetwork? Parse(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
        {
            var isMapped = network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96;
            return isMapped ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96) : network;
        }

        if (!IPAddress.TryParse(text, out var address) || !IsWhole(text))
        {
            return null;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return new IPNetwork(address, 8 * address.GetAddressBytes().Length);
    }

    // IPAddress takes 10.1 for 10.0.0.1, [::1]:80 for ::1, and a zone that no network has.
    private static bool IsWhole(string text) =>
        text.Contains(':', StringComparison.Ordinal) ? !text.AsSpan().ContainsAny("[]%") : text.Count(one => one == '.') == 3;
}
