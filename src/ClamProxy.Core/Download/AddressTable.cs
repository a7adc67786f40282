using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Core.Download;

/// <summary>What kind each IP address is, from IANA's special-purpose registries (RFC 6890) and the clouds' metadata addresses.</summary>
internal static class AddressTable
{
    // The first row that holds an address decides.
    private static readonly (IPNetwork Network, AddressReach Reach)[] Rows =
    [
        // Metadata and host-agent services: AWS, Azure, Alibaba, Oracle, Google, Scaleway.
        .. Are(AddressReach.Special, "169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32"),
        .. Are(AddressReach.Special, "fd00:ec2::/32", "fd20:ce::/32", "fd00:42::/32"),

        .. Are(AddressReach.Internal, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8"),
        .. Are(AddressReach.Special, "0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15"),
        .. Are(AddressReach.Special, "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        .. Are(AddressReach.Public, "0.0.0.0/0"),

        // An IPv6 form that carries an IPv4 address is as good as what it carries (Embedded).
        .. Are(AddressReach.Internal, "::1/128", "fc00::/7", "64:ff9b:1::/48"),
        .. Are(AddressReach.Public, "64:ff9b::/96", "2001::/32"),
        .. Are(AddressReach.Special, "2001::/23", "2001:db8::/32", "3fff::/20"),
        .. Are(AddressReach.Public, "2000::/3"),
    ];

    /// <summary>The address's own kind; what no row holds is special.</summary>
    public static AddressReach ReachOf(IPAddress address) =>
        Rows.FirstOrDefault(row => row.Network.BaseAddress.AddressFamily == address.AddressFamily && row.Network.Contains(address)).Reach;

    /// <summary>The IPv4 addresses that a packet to an IPv4-compatible, NAT64, 6to4, Teredo or ISATAP address may end at.</summary>
    public static IEnumerable<IPAddress> Embedded(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? Embedded(address.GetAddressBytes()) : [];

    private static IEnumerable<IPAddress> Embedded(byte[] bytes) => bytes switch
    {
        // NAT64, well-known (RFC 6052) and local use (RFC 8215: a /96 inside it, or the /48 form, which leaves out octet 8).
        [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ..] => [At(bytes, 12)],
        [0x00, 0x64, 0xff, 0x9b, 0, 1, ..] => [At(bytes, 12), new IPAddress([bytes[6], bytes[7], bytes[9], bytes[10]])],

        // IPv4-compatible, which ::1 is not.
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, _] => [],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ..] => [At(bytes, 12)],

        // 6to4, then Teredo (its server, and the client with its bits inverted), then ISATAP.
        [0x20, 0x02, ..] => [At(bytes, 2)],
        [0x20, 0x01, 0, 0, ..] => [At(bytes, 4), new IPAddress([.. bytes[12..].Select(octet => (byte)~octet)])],
        [_, _, _, _, _, _, _, _, 0 or 2, 0, 0x5e, 0xfe, ..] => [At(bytes, 12)],
        _ => [],
    };

    private static IPAddress At(byte[] bytes, int start) => new(bytes.AsSpan(start, 4));

    private static IEnumerable<(IPNetwork, AddressReach)> Are(AddressReach reach, params string[] networks) =>
        networks.Select(network => (IPNetwork.Parse(network), reach));
}
