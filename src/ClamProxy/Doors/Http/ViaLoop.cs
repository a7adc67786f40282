using System.Security.Cryptography;

namespace ClamProxy.Doors.Http;

/// <summary>
/// This process's name in Via (RFC 9110 §7.6.3), by which it knows a request that it has forwarded itself. Every process has another,
/// so that one ClamProxy may stand behind another.
/// </summary>
internal sealed class ViaLoop
{
    private const int MostHops = 16;

    public string Pseudonym { get; } = "clamproxy-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));

    /// <summary>The Via value of a forwarded message: what it had, and us.</summary>
    public string Extend(string? via, string protocol)
    {
        var ours = $"{protocol.Split('/')[^1]} {Pseudonym}";
        return string.IsNullOrEmpty(via) ? ours : $"{via}, {ours}";
    }

    /// <summary>Whether the message came through here already, or through so many that it must be going round.</summary>
    public bool IsClosedBy(string? via)
    {
        var hops = (via ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return hops.Length > MostHops || hops.Any(hop => hop.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains(Pseudonym));
    }
}
