using System.Security.Cryptography;

namespace ClamProxy.Doors.Http;

/// <summary>
/// This process's name in Via (RFC 9110 §7.6.3), by which it knows a request that it has forwarded itself. Every process has another,
/// so that one ClamProxy may stand behind another.
/// </summary>
internal sealed class ViaLoop
{
    private const int MostHops = 16;

    private readonly string _http11;

    public ViaLoop()
    {
        Pseudonym = "clamproxy-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        _http11 = $"1.1 {Pseudonym}";
    }

    public string Pseudonym { get; }

    /// <summary>The Via value of a forwarded message: what it had, and us.</summary>
    public string Extend(string? via, string protocol)
    {
        var ours = protocol is "HTTP/1.1" or "1.1" ? _http11 : $"{protocol.Split('/')[^1]} {Pseudonym}";
        return string.IsNullOrEmpty(via) ? ours : $"{via}, {ours}";
    }

    /// <summary>Whether the message came through here already, or through so many that it must be going round.</summary>
    public bool IsClosedBy(string? via)
    {
        if (string.IsNullOrEmpty(via))
        {
            return false;
        }

        var hops = via.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return hops.Length > MostHops || hops.Any(hop => hop.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains(Pseudonym));
    }
}
