using ClamProxy.Access;
using ClamProxy.Core.Settings;

namespace ClamProxy.Connections;

/// <summary>How many connections and requests there may be, at all doors of HTTP together, and who their clients are.</summary>
public sealed class ConnectionOptions : ISettings
{
    private const string NetworksTaken = "takes CIDRs or addresses, such as 127.0.0.1,10.1.0.0/16";

    public static string Section => "";

    /// <summary>
    /// What <c>Retry-After</c> says with a 503, in seconds. Default: 5; pip and cargo wait that long, and cargo at most 10.
    /// </summary>
    [Setting("takes seconds from 1 to 3600", Min = 1, Max = 3600)]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Proxies in front that say in <c>X-Real-IP</c> who asks, so that their clients take turns at the scanners one by one and not as a
    /// single client. Default: none.
    /// </summary>
    [Setting(NetworksTaken, Variable = "TRUSTED_PROXIES")]
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>
    /// Client connections at once. A further one takes the place of one that has been idle for 5 seconds, the longest of the client with
    /// the most connections; where there is none it is closed as soon as it comes, and /readyz is 503. Never more than a quarter of the
    /// process's descriptors. Default: 10000, each of which takes about 12 KiB while it is idle.
    /// </summary>
    [Setting("takes a whole number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>
    /// Connections of one client at once (an IPv6 client is its /64), and never more than are still free; a further one takes the place of
    /// the client's own that has been idle longest, or is closed. An HTTP/2 connection counts as 16. Proxies of TRUSTED_PROXIES have no
    /// such bound. Default: 2048, as many as its requests.
    /// </summary>
    [Setting("takes a whole number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int MaxConnectionsPerClient { get; init; } = 2048;

    /// <summary>
    /// Requests that are handled at once, whether they wait or are being sent their file; a further one is answered "too many requests
    /// under way" before anything else is done for it. Default: 4096, eight for each of MaxFlights; each takes about 20 KiB while it waits,
    /// and up to 110 KiB while its client reads slowly over TLS.
    /// </summary>
    [Setting("takes a whole number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int MaxRequests { get; init; } = 4096;

    /// <summary>
    /// Requests of one client that are handled at once, and never more than could still come from others. Behind a proxy that
    /// TRUSTED_PROXIES does not name, all its clients are one. Default: 2048, as many as an nginx with four workers of 1024 connections can
    /// pass on.
    /// </summary>
    [Setting("takes a whole number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int MaxRequestsPerClient { get; init; } = 2048;

    /// <summary>
    /// Longest request header field in bytes, its name and its value; a longer one is answered 431. Default: 8 KiB, what nginx takes for
    /// one.
    /// </summary>
    [Setting("takes bytes from 256 to 64K", Bytes = true, Min = 256, Max = 64 << 10)]
    public long MaxRequestField { get; init; } = 8 << 10;

    /// <summary>All header fields of a request together, in bytes; more are answered 431. Default: 16 KiB, what node takes.</summary>
    [Setting("takes bytes from 1K to 256K", Bytes = true, Min = 1 << 10, Max = 256 << 10)]
    public long MaxRequestHeaders { get; init; } = 16 << 10;

    public IEnumerable<SettingProblem> Problems() => TrustedProxies
        .Where(network => NetworkText.Parse(network) is null)
        .Select(network => new SettingProblem(nameof(TrustedProxies), network, NetworksTaken));
}
