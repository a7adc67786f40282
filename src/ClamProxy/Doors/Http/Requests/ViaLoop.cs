using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace ClamProxy.Doors.Http.Requests;

/// <summary>
/// This process's name in Via (RFC 9110 §7.6.3), by which it knows a request that it has forwarded itself. Every process has another,
/// so that one ClamProxy may stand behind another.
/// </summary>
internal sealed partial class ViaLoop
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

    /// <summary>
    /// The Via value of a request that goes upstream: of the hops that it names, those by which a ClamProxy tells a loop, and us. The
    /// others are a client's own text, or names inside a firewall (RFC 9110 §7.6.3 lets both be replaced). The version is always the same,
    /// for a request may stand for many.
    /// </summary>
    public string Onward(string? via) =>
        string.IsNullOrEmpty(via)
            ? _http11
            : string.Join(
                ", ",
                [
                    .. Hops(via).Select(hop => Known().Match(hop)).Where(hop => hop.Success).Select(hop => $"1.1 {hop.Groups[1].Value}"),
                    _http11]);

    /// <summary>Whether the message came through here already, or through so many that it must be going round.</summary>
    public bool IsClosedBy(string? via)
    {
        var hops = Hops(via);
        return hops.Length > 0
            && (hops.Length > MostHops || hops.Any(hop => hop.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains(Pseudonym)));
    }

    private static string[] Hops(string? via) =>
        string.IsNullOrEmpty(via) ? [] : via.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"^\S+ +(clamproxy-[0-9a-f]{8})(?: |$)", RegexOptions.NonBacktracking)]
    private static partial Regex Known();
}
