using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Core.Redis;

/// <summary>
/// A REDIS_URL taken apart. Its passwords leave it only towards Redis: <see cref="ToString"/> and <see cref="Mask"/> hide them.
/// </summary>
internal sealed class RedisAddress
{
    private const string Hidden = "***";
    private const int LongestScheme = 15;

    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create(
        "+abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public required RedisTopology Topology { get; init; }

    /// <summary>The server; or the Sentinels; or those nodes of the Cluster that are asked for the others.</summary>
    public required IReadOnlyList<EndPoint> EndPoints { get; init; }

    public int Database { get; init; }

    /// <summary>The ACL user of the servers that hold data; null: Redis's user <c>default</c>.</summary>
    public string? User { get; init; }

    /// <summary>Percent-decoded; null when there is none.</summary>
    public string? Password { get; init; }

    public bool IsTls { get; init; }

    /// <summary>The name under which the Sentinels know the primary; null without Sentinels.</summary>
    public string? Primary { get; init; }

    public string? SentinelUser { get; init; }

    /// <summary>The Sentinels' own: the servers' is not sent to them.</summary>
    public string? SentinelPassword { get; init; }

    /// <summary>The hosts that the operator named: a certificate for one of them is one for all nodes that they lead to.</summary>
    public IEnumerable<string> Hosts => EndPoints.Select(HostOf);

    /// <summary>The name or address of an end point as a certificate has it; the path of a unix socket.</summary>
    public static string HostOf(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint name => name.Host,
        IPEndPoint ip => ip.Address.ToString(),
        _ => endPoint.ToString() ?? "",
    };

    /// <summary>The scheme of a URL that is wrong: where its password begins and ends cannot be known then.</summary>
    public static string MaskUrl(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        return scheme is < 0 or > LongestScheme || url.AsSpan(0, scheme).ContainsAnyExcept(SchemeCharacters)
            ? Hidden
            : $"{url[..scheme]}://{Hidden}";
    }

    /// <summary>
    /// Text from Redis or from an exception without the passwords: Redis repeats the arguments of a command it does not know.
    /// </summary>
    public string Mask(string text) => Without(Without(text, Password), SentinelPassword);

    public override string ToString()
    {
        var login = Password is null ? "" : Hidden + "@";
        if (EndPoints[0] is UnixDomainSocketEndPoint socket)
        {
            return string.Create(CultureInfo.InvariantCulture, $"unix://{login}{socket}?db={Database}");
        }

        var nodes = string.Join(',', EndPoints.Select(Text));
        var scheme = (IsTls ? "rediss" : "redis") + Topology switch
        {
            RedisTopology.Standalone => "",
            RedisTopology.Sentinel => "+sentinel",
            RedisTopology.Cluster => "+cluster",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{scheme}://{login}{nodes}{(Primary is null ? "" : "/" + Primary)}/{Database}");
    }

    private static string Without(string text, string? secret) =>
        string.IsNullOrEmpty(secret) ? text : text.Replace(secret, Hidden, StringComparison.Ordinal);

    private static string Text(EndPoint endPoint) => endPoint is DnsEndPoint name
        ? string.Create(CultureInfo.InvariantCulture, $"{name.Host}:{name.Port}")
        : endPoint.ToString()!;
}
