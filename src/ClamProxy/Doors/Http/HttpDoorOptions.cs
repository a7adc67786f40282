using ClamProxy.Core.Settings;

namespace ClamProxy.Doors.Http;

/// <summary>What the HTTP door takes, and what it serves without headers.</summary>
public sealed class HttpDoorOptions : ISettings
{
    internal const string ForwardedTaken =
        "takes names of header fields that are end-to-end and not ClamProxy's own, such as X-Api-Version,User-Agent";

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

    /// <summary>
    /// True: a wheel is fetched and scanned as soon as its metadata is asked for (PEP 658), where Cache-Scan is True; a route may say otherwise.
    /// Default: false, since pip reads the metadata of wheels that it then does not take.
    /// </summary>
    [Setting("takes true or false", Variable = "SCAN_AHEAD")]
    public bool ScanAhead { get; init; }

    /// <summary>
    /// The path of an nginx location that serves the store's folder <c>v1/contents</c>: requests that come with
    /// <c>X-Sendfile-Type: X-Accel-Redirect</c> are answered with a file's place there, and nginx sends it. Default: unset.
    /// </summary>
    [Setting("takes a path that begins and ends with /, such as /.clamproxy-store/", Variable = "ACCEL_REDIRECT")]
    public string AccelRedirect { get; init; } = "";

    /// <summary>
    /// Proxies in front that say in <c>X-Real-IP</c> who asks, so that their clients take turns at the scanners one by one and not as a single client.
    /// Default: none.
    /// </summary>
    [Setting("takes CIDRs, such as 127.0.0.1/32,10.1.0.0/16", Variable = "TRUSTED_PROXIES")]
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>
    /// Where clients reach this proxy: links that a route's <c>Rewrite</c> writes anew begin with it. Default: unset, by X-Forwarded-Host, -Proto and
    /// -Prefix or Forwarded of TRUSTED_PROXIES, else by the request's own scheme and Host.
    /// </summary>
    [Setting("takes an absolute http or https URL without user-info, query or fragment, such as https://packages.example.org/", Variable = "PUBLIC_URL")]
    public string PublicUrl { get; init; } = "";

    /// <summary>
    /// Client connections at once; further ones are closed as soon as they come. Never more than a quarter of the process's descriptors. Default: 10000.
    /// </summary>
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

    /// <summary>Longest request header field in bytes, its name and its value; a longer one is answered 431. Default: 8 KiB, what nginx takes for one.</summary>
    [Setting("takes bytes from 256 to 64K", Bytes = true, Min = 256, Max = 64 << 10)]
    public long MaxRequestField { get; init; } = 8 << 10;

    /// <summary>All header fields of a request together, in bytes; more are answered 431. Default: 16 KiB, what node takes.</summary>
    [Setting("takes bytes from 1K to 256K", Bytes = true, Min = 1 << 10, Max = 256 << 10)]
    public long MaxRequestHeaders { get; init; } = 16 << 10;

    /// <summary>
    /// Request header fields that go upstream beside Accept, Accept-Language, conditions and credentials, which all others do not; each value of theirs selects answers of its
    /// own. X-Forwarded-For gets the client's address added. A route may name more. Default: none.
    /// </summary>
    [Setting(ForwardedTaken)]
    public IReadOnlyList<string> ForwardedFields { get; init; } = [];

    /// <summary>
    /// Request header fields that are credentials although neither their names nor their values look like it: they go upstream, and the answers are kept for nobody.
    /// Default: none.
    /// </summary>
    [Setting(ForwardedTaken)]
    public IReadOnlyList<string> CredentialFields { get; init; } = [];

    /// <summary>
    /// True: no upstream's page can act in a browser (Content-Security-Policy: sandbox, X-Content-Type-Options, Cross-Origin-Resource-Policy on all that comes from
    /// upstreams). False: to a browser all routes are one origin, and a script of one can read what another sends. Default: true.
    /// </summary>
    [Setting("takes true or false")]
    public bool IsolateContent { get; init; } = true;

    public IEnumerable<SettingProblem> Problems() => AccelProblems().Concat(ProxyProblems()).Concat(FieldProblems()).Concat(PublicUrlProblems()).Concat(
        Routes.SelectMany(route => route.Value.Problems().Select(problem => problem with { Property = $"{nameof(Routes)}:{route.Key}:{problem.Property}" })));

    internal static IEnumerable<SettingProblem> ForwardedProblems(string property, IEnumerable<string> names) =>
        names.Where(name => !RequestFields.MayBeNamed(name)).Select(name => new SettingProblem(property, name, ForwardedTaken));

    private IEnumerable<SettingProblem> FieldProblems() =>
        ForwardedProblems(nameof(ForwardedFields), ForwardedFields).Concat(ForwardedProblems(nameof(CredentialFields), CredentialFields));

    private IEnumerable<SettingProblem> ProxyProblems() => TrustedProxies
        .Where(network => !System.Net.IPNetwork.TryParse(network, out _))
        .Select(network => new SettingProblem(nameof(TrustedProxies), network, "takes CIDRs, such as 127.0.0.1/32,10.1.0.0/16"));

    private IEnumerable<SettingProblem> PublicUrlProblems()
    {
        if (PublicUrl.Length > 0 && !PublicBase.IsUrl(PublicUrl))
        {
            yield return new(
                nameof(PublicUrl), PublicUrl, "takes an absolute http or https URL without user-info, query or fragment, such as https://packages.example.org/");
        }
    }

    private IEnumerable<SettingProblem> AccelProblems()
    {
        if (AccelRedirect.Length > 0 && !(AccelRedirect.Length > 2 && AccelRedirect[0] == '/' && AccelRedirect[^1] == '/' && AccelRedirect.All(c => c is > ' ' and <= '~')))
        {
            yield return new(nameof(AccelRedirect), AccelRedirect, "takes a path that begins and ends with /, such as /.clamproxy-store/");
        }
    }
}
