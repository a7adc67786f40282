using System.Globalization;
using System.Net;

namespace ClamProxy.Core.Download;

/// <summary>One spelling per host: lower case, no trailing dot, IDN as punycode, IP literals in their canonical text.</summary>
public static class HostName
{
    private static readonly string[] LocalEndings =
        [".localhost", ".local", ".localdomain", ".internal", ".intranet", ".private", ".corp", ".home", ".lan", ".arpa", ".invalid"];

    public static string Normalise(string host) =>
        TryLiteral(host, out var address) ? address.ToString() : Name(host);

    /// <summary>Reads an IP literal in any form that a resolver takes: decimal, octal, hex, bracketed, with a trailing dot.</summary>
    public static bool TryLiteral(string host, out IPAddress address)
    {
        var bare = host.TrimEnd('.');
        if (bare is ['[', .. var inner, ']'])
        {
            bare = inner;
        }

        var isLiteral = IPAddress.TryParse(bare, out var parsed);
        address = isLiteral ? Unmapped(parsed!) : IPAddress.None;
        return isLiteral;
    }

    /// <summary>
    /// Whether a name can be one of the public internet: it has a dot, and does not end as names of a machine or a local network do (RFC
    /// 6761, RFC 6762, RFC 8375, ICANN's "internal"). What it resolves to is not looked at.
    /// </summary>
    public static bool LooksPublic(string host)
    {
        var name = Name(host);
        return name.Contains('.', StringComparison.Ordinal)
            && !LocalEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));
    }

    /// <summary>An IPv4-mapped IPv6 address is the IPv4 address: the system connects to that.</summary>
    public static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Name(string host)
    {
        var name = host.TrimEnd('.');
        try
        {
            return (System.Text.Ascii.IsValid(name) ? name : new IdnMapping().GetAscii(name)).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return name.ToLowerInvariant();
        }
    }
}
