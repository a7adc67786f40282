using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Core.Admission;

/// <summary>
/// What one client is: its IPv4 address, or the /64 of its IPv6 address, since whoever has one address of a /64 has them all.
/// </summary>
public static class ClientNetwork
{
    private const int NetworkBytes = 8;

    /// <summary>The text of the client's network, such as <c>192.0.2.1</c> or <c>2001:db8::/64</c>.</summary>
    public static string Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (plain.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return plain.ToString();
        }

        var bytes = plain.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    /// <summary>The same for a client's text; what is no address stays as it is.</summary>
    public static string Of(string client) => IPAddress.TryParse(client, out var address) ? Of(address) : client;
}
