using ClamProxy.Core.Settings;

namespace ClamProxy.Doors.Http;

/// <summary>What the HTTP door takes, and what it serves without headers.</summary>
public sealed class HttpDoorOptions : ISettings
{
    public static string Section => "";

    /// <summary>Path prefixes with an upstream of their own, by a name of the operator's. Default: none.</summary>
    [Setting("takes routes, each with at least Path and Upstream")]
    public IReadOnlyDictionary<string, RouteOptions> Routes { get; init; } = new Dictionary<string, RouteOptions>();

    /// <summary>
    /// What <c>Retry-After</c> says with a 503, in seconds. Default: 5; pip and cargo wait that long, and cargo at most 10.
    /// </summary>
    [Setting("takes seconds from 1 to 3600", Min = 1, Max = 3600)]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most parts one multipart/byteranges answer has; a request for more gets the whole file (RFC 9110 §14.2). Default: 64.</summary>
    [Setting("takes a whole number from 1 to 1000", Min = 1, Max = 1000)]
    public int MaxRanges { get; init; } = 64;

    /// <summary>Client connections at once; further ones are closed as soon as they come. Default: 10000.</summary>
    [Setting("takes a whole number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>
    /// The slowest a client may take its answer, in bytes a second, after 30 seconds; a slower one is cut off, for it keeps its file in the
    /// spool meanwhile. Default: 8 KiB/s, a fifth of a bad mobile line.
    /// </summary>
    [Setting("takes bytes from 0 (any) to 1G", Bytes = true, Min = 0, Max = 1 << 30)]
    public long MinClientRate { get; init; } = 8 << 10;

    /// <summary>Longest request line in bytes. Default: 16 KiB, twice what nginx takes (large_client_header_buffers).</summary>
    [Setting("takes bytes from 1K to 1M", Bytes = true, Min = 1 << 10, Max = 1 << 20)]
    public long MaxRequestLine { get; init; } = 16 << 10;

    public IEnumerable<SettingProblem> Problems() =>
        Routes.SelectMany(route => route.Value.Problems().Select(problem => problem with { Property = $"{nameof(Routes)}:{route.Key}:{problem.Property}" }));
}
