using ClamProxy.Core.Settings;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Doors.Http.Routing;

namespace ClamProxy.Doors.Http;

/// <summary>What the HTTP door takes, and what it serves without headers.</summary>
public sealed class HttpDoorOptions : ISettings
{
    internal const string ForwardedTaken =
        "takes names of header fields that are end-to-end and not ClamProxy's own, such as X-Api-Version,User-Agent";

    private const string NeutralTaken =
        "takes names of header fields that are end-to-end, and neither ClamProxy's own nor Authorization, Cookie or one of "
            + "CredentialFields, such as X-Request-Key";

    public static string Section => "";

    /// <summary>Path prefixes with an upstream of their own, by a name of the operator's. Default: none.</summary>
    [Setting("takes routes, each with at least Path and Upstream")]
    public IReadOnlyDictionary<string, ProxyRouteOptions> Routes { get; init; } = new Dictionary<string, ProxyRouteOptions>();

    /// <summary>
    /// The most parts one multipart/byteranges answer has; a request for more gets the whole file (RFC 9110 §14.2). Default: 64.
    /// </summary>
    [Setting("takes a whole number from 1 to 1000", Min = 1, Max = 1000)]
    public int MaxRanges { get; init; } = 64;

    /// <summary>
    /// True: a wheel is fetched and scanned as soon as its metadata is asked for (PEP 658), where Cache-Scan is True; a route may say
    /// otherwise. Default: false, since pip reads the metadata of wheels that it then does not take.
    /// </summary>
    [Setting("takes true or false", Variable = "SCAN_AHEAD")]
    public bool ScanAhead { get; init; }

    /// <summary>
    /// Of the requests that a client has sent behind the one that is being answered (HTTP/1.1 pipelining, as apt does), so many are fetched
    /// and scanned meanwhile, if their files are immutable (Cache-Scan True) and kept in the store, and there is room to spare. Default: 4;
    /// 0: each only when its turn comes.
    /// </summary>
    [Setting("takes a whole number from 0 (none) to 100", Min = 0, Max = 100)]
    public int PipelinePrefetch { get; init; } = 4;

    /// <summary>
    /// The path of an nginx location that serves the store's folder <c>v1/contents</c>: requests that come with
    /// <c>X-Sendfile-Type: X-Accel-Redirect</c> are answered with a file's place there, and nginx sends it. Default: unset.
    /// </summary>
    [Setting("takes a path that begins and ends with /, such as /.clamproxy-store/", Variable = "ACCEL_REDIRECT")]
    public string AccelRedirect { get; init; } = "";

    /// <summary>
    /// Where clients reach this proxy: links that a route's <c>Rewrite</c> rewrites begin with it. Default: unset, by X-Forwarded-Host,
    /// -Proto and -Prefix or Forwarded of TRUSTED_PROXIES, else by the request's own scheme and Host.
    /// </summary>
    [Setting(
        "takes an absolute http or https URL without user-info, query or fragment, such as https://packages.example.org/",
        Variable = "PUBLIC_URL")]
    public string PublicUrl { get; init; } = "";

    /// <summary>
    /// Requests that one HTTP/2 connection may have under way; a client keeps further ones back. Default: 100, the least that RFC 9113
    /// §6.5.2 recommends, and what clients (.NET, Go) send before they know of a bound. Each takes about 8 KiB even when it is refused at
    /// once.
    /// </summary>
    [Setting("takes a whole number from 1 to 10000", Min = 1, Max = 10_000)]
    public int MaxStreamsPerConnection { get; init; } = 100;

    /// <summary>
    /// How long a connection may wait for its first or next request. Default: 75 s, as long as nginx gives its clients, and longer than the
    /// 60 s for which nginx and most load balancers keep idle connections to an upstream: so they close first.
    /// </summary>
    [Setting("takes a time from 1 second to 1 hour, such as 75s", Min = 1, Max = 3600)]
    public TimeSpan ClientIdleTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>How long a request's head may take from its first byte to its last; a slower one gets 408. Default: 30 s.</summary>
    [Setting("takes a time from 1 second to 10 minutes, such as 30s", Min = 1, Max = 600)]
    public TimeSpan ClientHeadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The slowest a client may take its answer, in bytes a second, after 30 seconds; a slower one is cut off, for it keeps its file in the
    /// spool meanwhile. Default: 8 KiB/s, a fifth of a bad mobile line.
    /// </summary>
    [Setting("takes bytes from 0 (any) to 1G", Bytes = true, Min = 0, Max = 1 << 30)]
    public long MinClientRate { get; init; } = 8 << 10;

    /// <summary>
    /// The pause before each interim response (100 Continue), which keep clients that support them alive while their file is downloaded and
    /// scanned. Default: 4 s; pip gives up after 15 s without a byte.
    /// </summary>
    [Setting("takes a time from 00:00:00.01 to 00:01:00", Min = 0.01, Max = 60)]
    public TimeSpan InterimInterval { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long a client may take to take an interim response before it loses its connection. Default: 30 s, as long as one may be too slow
    /// for its answer.
    /// </summary>
    [Setting("takes a time from 00:00:00.1 to 00:10:00", Min = 0.1, Max = 600)]
    public TimeSpan InterimTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The memory for texts with rewritten links that are kept in gzip for clients that take it, in bytes. One may take an eighth of it; a
    /// larger one is rewritten for each request and sent without a coding. 0: so are all. Default: 32 MiB, some 500 of npm's documents.
    /// </summary>
    [Setting("takes bytes from 0 (none) to 1G", Bytes = true, Min = 0, Max = 1 << 30)]
    public long RewrittenTexts { get; init; } = 32 << 20;

    /// <summary>Longest request line in bytes. Default: 16 KiB, twice what nginx takes (large_client_header_buffers).</summary>
    [Setting("takes bytes from 1K to 1M", Bytes = true, Min = 1 << 10, Max = 1 << 20)]
    public long MaxRequestLine { get; init; } = 16 << 10;

    /// <summary>
    /// Request header fields that go upstream beside Accept, Accept-Language, conditions and credentials, which all others do not; each
    /// value of theirs selects answers of its own, also of Accept and Accept-Language if they are named here. X-Forwarded-For gets the
    /// client's address added. A route may name more. Default: none.
    /// </summary>
    [Setting(ForwardedTaken)]
    public IReadOnlyList<string> ForwardedFields { get; init; } = [];

    /// <summary>
    /// Request header fields that are credentials although neither their names nor their values look like it: they go upstream, and the
    /// answers are kept for nobody. Default: none.
    /// </summary>
    [Setting(ForwardedTaken)]
    public IReadOnlyList<string> CredentialFields { get; init; } = [];

    /// <summary>
    /// Request header fields that are no credentials, whatever their names and values look like, and that select an answer only where its
    /// Vary names them, as Accept and Accept-Language do: ids of single requests. They go upstream where ForwardedFields names them too.
    /// Default: none.
    /// </summary>
    [Setting(NeutralTaken)]
    public IReadOnlyList<string> NeutralFields { get; init; } = [];

    /// <summary>
    /// True: no upstream's page can act in a browser (Content-Security-Policy: sandbox, X-Content-Type-Options,
    /// Cross-Origin-Resource-Policy on all that comes from upstreams). False: to a browser all routes are one origin, and a script of one
    /// can read what another sends. Default: true.
    /// </summary>
    [Setting("takes true or false")]
    public bool IsolateContent { get; init; } = true;

    /// <summary>
    /// True: a browser that navigates to a file gets a page with a progress bar while the file is downloaded and scanned, which then starts
    /// the download; a route may say otherwise. Default: false.
    /// </summary>
    [Setting("takes true or false", Variable = "PROGRESS_PAGE")]
    public bool ProgressPage { get; init; }

    /// <summary>How long a browser waits before it gets that page. Default: 1 s.</summary>
    [Setting("takes a time from 0 to 1 minute, such as 1s", Min = 0, Max = 60)]
    public TimeSpan ProgressPageAfter { get; init; } = TimeSpan.FromSeconds(1);

    public IEnumerable<SettingProblem> Problems() =>
        AccelProblems().Concat(FieldProblems()).Concat(PublicUrlProblems()).Concat(
        Routes.SelectMany(
            route =>
                route.Value.Problems().Select(problem => problem with { Property = $"{nameof(Routes)}:{route.Key}:{problem.Property}" })));

    internal static IEnumerable<SettingProblem> ForwardedProblems(string property, IEnumerable<string> names) =>
        names.Where(name => !RequestFields.MayBeNamed(name)).Select(name => new SettingProblem(property, name, ForwardedTaken));

    private IEnumerable<SettingProblem> FieldProblems() =>
        ForwardedProblems(nameof(ForwardedFields), ForwardedFields)
            .Concat(ForwardedProblems(nameof(CredentialFields), CredentialFields))
            .Concat(NeutralFields.Where(IsNoNeutral).Select(name => new SettingProblem(nameof(NeutralFields), name, NeutralTaken)));

    private bool IsNoNeutral(string name) =>
        !RequestFields.MayBeNamed(name)
        || RequestFields.IsAlwaysCredential(name)
        || CredentialFields.Contains(name, StringComparer.OrdinalIgnoreCase);

    private IEnumerable<SettingProblem> PublicUrlProblems()
    {
        if (PublicUrl.Length > 0 && !PublicBase.IsUrl(PublicUrl))
        {
            yield return new(
                nameof(PublicUrl),
                PublicUrl,
                "takes an absolute http or https URL without user-info, query or fragment, such as https://packages.example.org/");
        }
    }

    private IEnumerable<SettingProblem> AccelProblems()
    {
        if (AccelRedirect.Length > 0
            && !(AccelRedirect.Length > 2
                && AccelRedirect[0] == '/'
                && AccelRedirect[^1] == '/'
                && AccelRedirect.All(c => c is > ' ' and <= '~')))
        {
            yield return new(nameof(AccelRedirect), AccelRedirect, "takes a path that begins and ends with /, such as /.clamproxy-store/");
        }
    }
}
