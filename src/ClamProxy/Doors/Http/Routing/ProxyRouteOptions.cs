using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Identity;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Settings;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http.Routing;

/// <summary>One path prefix and the upstream behind it.</summary>
public sealed class ProxyRouteOptions
{
    private const string TakesPath = "takes / or a path that begins with / and does not end with one, such as /pypi";

    /// <summary>
    /// The prefix, taken off before the rest is appended to <see cref="Upstream"/>. It matches whole segments, byte for byte. / stands for
    /// all paths that no other route has.
    /// </summary>
    [Setting(TakesPath)]
    public string Path { get; init; } = "";

    /// <summary>
    /// The upstream base URL, or a place in a bucket whose objects are downloaded with the keys of S3_ACCESS_KEY or of a role.
    /// </summary>
    [Setting("takes an absolute URL such as https://pypi.org/, or s3://bucket/prefix")]
    public string Upstream { get; init; } = "";

    /// <summary>True: what is behind this route never changes, so a cached verdict may be used. Default: false.</summary>
    [Setting("takes true or false")]
    public bool CacheScan { get; init; }

    /// <summary>
    /// Methods that clients may use on this route. The body of a request is scanned, and every file in it, before upstream sees anything of
    /// it. Default: GET and HEAD.
    /// </summary>
    [Setting(MethodRule.Taken)]
    public IReadOnlyList<string> Methods { get; init; } = RouteMethods.Reading;

    /// <summary>True: PublishMethods are allowed too. Default: false.</summary>
    [Setting("takes true or false")]
    public bool Publish { get; init; }

    /// <summary>
    /// What Publish allows beside Methods. Default: none; presets name what their clients need to publish, to log in and to audit.
    /// </summary>
    [Setting(MethodRule.Taken)]
    public IReadOnlyList<string> PublishMethods { get; init; } = [];

    /// <summary>True: a request's Download-From and Cache-Scan win over the route's. Default: false.</summary>
    [Setting("takes true or false")]
    public bool AllowHeaders { get; init; }

    /// <summary>What clients of this route get while a file is downloaded and scanned. Default: unset, as DELIVERY says.</summary>
    [Setting("takes keepalive, interim, trickle, retry or hold")]
    public DeliveryMode? Delivery { get; init; }

    /// <summary>
    /// True: a download and scan go on when everybody who waited for them has left, so that the next one finds the verdict. Default: false,
    /// only what is nearly done goes on.
    /// </summary>
    [Setting("takes true or false")]
    public bool FinishAbandoned { get; init; }

    /// <summary>Whether browsers get a page with a progress bar. Default: unset, as PROGRESS_PAGE says.</summary>
    [Setting("takes true or false")]
    public bool? ProgressPage { get; init; }

    /// <summary>Whether a wheel is scanned as soon as its metadata is asked for. Default: unset, as SCAN_AHEAD says.</summary>
    [Setting("takes true or false")]
    public bool? ScanAhead { get; init; }

    /// <summary>What to do with too large files of this route. Default: unset, as the policies say.</summary>
    [Setting("takes block or pass")]
    public PolicyAction? TooLarge { get; init; }

    /// <summary>What to do with encrypted files of this route. Default: unset, as the policies say.</summary>
    [Setting("takes block or pass")]
    public PolicyAction? Encrypted { get; init; }

    /// <summary>What to do with this route's files for which an engine limit was reached. Default: unset, as the policies say.</summary>
    [Setting("takes block or pass")]
    public PolicyAction? EngineLimit { get; init; }

    /// <summary>
    /// What to do with this route's files for which the scanner answered with an error. Default: unset, as the policies say.
    /// </summary>
    [Setting("takes block or pass")]
    public PolicyAction? ScanError { get; init; }

    /// <summary>
    /// What to do with this route's archives that hold an ambiguous archive. Default: unset, as the policies say; presets whose client
    /// unpacks the outer archive only pass them.
    /// </summary>
    [Setting("takes block or pass")]
    public PolicyAction? AmbiguousArchive { get; init; }

    /// <summary>
    /// Which paths behind the prefix never change, so that a cached verdict may be used although CacheScan is false: * stands for anything
    /// within a segment, ** for any segments. Default: none.
    /// </summary>
    [Setting(ImmutablePaths.Taken)]
    public IReadOnlyList<string> Immutable { get; init; } = [];

    /// <summary>
    /// Links in this route's text answers that are to lead back here: where an index names a second host, what its links begin with.
    /// Default: none.
    /// </summary>
    [Setting("takes a list of From and To")]
    public IReadOnlyList<RewriteOptions> Rewrite { get; init; } = [];

    /// <summary>
    /// What to do with a text answer that links to package files on hosts that no Rewrite covers, so that clients fetch them past the
    /// scanner: warn says so in the log, in metrics and in /readyz. Default: warn; presets that have an index refuse.
    /// </summary>
    [Setting("takes allow, warn or refuse")]
    public ForeignLinks ForeignLinks { get; init; } = ForeignLinks.Warn;

    /// <summary>
    /// True: answers that may change (an index) are kept in the store and reused as HTTP says (RFC 9111), and they are given where upstream
    /// fails; the same as Cache-Scan: Revalidate. Default: false. Without STORE_PATH it has no effect.
    /// </summary>
    [Setting("takes true or false")]
    public bool Revalidate { get; init; }

    /// <summary>
    /// With Revalidate: how long after upstream confirmed an answer it is given without asking again, whatever upstream and clients say; 0:
    /// upstream is always asked. Default: unset, as upstream says.
    /// </summary>
    [Setting("takes a time from 0 to 365 days, such as 00:05:00", Min = 0, Max = 365 * 86_400)]
    public TimeSpan? FreshFor { get; init; }

    /// <summary>
    /// With Revalidate: how long after upstream confirmed an answer it is given where upstream fails (no connection, no answer in time,
    /// 408, 429, 5xx, a body that breaks off), whatever upstream says; 0: never. Default: unset, as upstream says (stale-if-error), else 7
    /// days unless it forbids (must-revalidate, no-cache, s-maxage).
    /// </summary>
    [Setting("takes a time from 0 to 365 days, such as 7.00:00:00", Min = 0, Max = 365 * 86_400)]
    public TimeSpan? StaleIfError { get; init; }

    /// <summary>
    /// Request header fields that go upstream on this route besides those that do everywhere; Cookie: all that a client sends. Default:
    /// none.
    /// </summary>
    [Setting(HttpDoorOptions.ForwardedTaken)]
    public IReadOnlyList<string> ForwardedFields { get; init; } = [];

    /// <summary>
    /// What the route's own upstream is told of who asks, in place of what clients say in the same field; other origins, where redirects
    /// lead, are not told. The secret is in a file, which is read again when it changes, or in an environment variable. Default: unset.
    /// </summary>
    [Setting(UpstreamIdentity.CredentialTaken, Secret = true)]
    public string? Credential { get; init; }

    /// <summary>
    /// A PEM file with the certificate that the route's own upstream is shown if it asks for one. Default: unset, as Download says.
    /// </summary>
    [Setting(UpstreamIdentity.CertificateTaken)]
    public string? ClientCertificate { get; init; }

    /// <summary>A PEM file with its private key, without a password. Default: unset, it is in ClientCertificate's file.</summary>
    [Setting("takes the path of a readable PEM file with the private key of ClientCertificate")]
    public string? ClientKey { get; init; }

    /// <summary>The bucket that <see cref="Upstream"/> names, once it is known where its store is; null: it is no bucket.</summary>
    internal S3Upstream? Bucket { get; set; }

    /// <summary><see cref="Upstream"/>, or the URL of its bucket.</summary>
    internal string BaseUrl => Bucket?.Url ?? Upstream;

    /// <summary><see cref="Path"/> as it stands in front of other paths: empty for the root.</summary>
    internal string Prefix => Path == "/" ? "" : Path;

    /// <summary>How long answers of this route that may change count; null: they are not kept.</summary>
    internal Freshness? Freshness => Revalidate ? new(FreshFor, StaleIfError) : null;

    /// <summary>The policy of this route; null where it has none of its own.</summary>
    internal UnscannablePolicy? PolicyOver(UnscannablePolicy others) =>
        (TooLarge, Encrypted, EngineLimit, ScanError, AmbiguousArchive) is (null, null, null, null, null)
            ? null
            : new(
                TooLarge ?? others.TooLarge,
                Encrypted ?? others.Encrypted,
                EngineLimit ?? others.EngineLimit,
                ScanError ?? others.ScanError,
                AmbiguousArchive ?? others.AmbiguousArchive);

    internal IEnumerable<SettingProblem> Problems()
    {
        if (!Path.StartsWith('/') || (Path.EndsWith('/') && Path.Length > 1))
        {
            yield return new(nameof(Path), Path, TakesPath);
        }

        if (S3Upstream.IsBucket(Upstream))
        {
            if (Credential is not null || ClientCertificate is not null)
            {
                yield return new(nameof(Upstream), Upstream, "takes an https URL where Credential or ClientCertificate is set");
            }
        }
        else if (Target.TryCreate(Upstream, "/", out _) is null)
        {
            yield return new(
                nameof(Upstream),
                Upstream,
                "takes an absolute http or https URL without user-info, query or fragment, such as https://pypi.org/, or "
                    + "s3://bucket/prefix");
        }

        foreach (var problem in UpstreamIdentity.Problems(
            nameof(Credential), Credential, nameof(ClientCertificate), ClientCertificate, ClientKey))
        {
            yield return problem;
        }

        foreach (var pattern in Immutable.Where(pattern => ImmutablePaths.Parse(pattern) is null))
        {
            yield return new(nameof(Immutable), pattern, ImmutablePaths.Taken);
        }

        foreach (var problem in HttpDoorOptions.ForwardedProblems(nameof(ForwardedFields), ForwardedFields)
            .Concat(MethodProblems()).Concat(RewriteProblems()))
        {
            yield return problem;
        }
    }

    /// <summary>Downloads from a bucket are signed here, and nothing else is.</summary>
    private IEnumerable<SettingProblem> MethodProblems()
    {
        var isBucket = S3Upstream.IsBucket(Upstream);
        var taken = isBucket ? "takes GET and HEAD where Upstream is a bucket" : MethodRule.Taken;
        foreach (var (property, rules) in new[] { (nameof(Methods), Methods), (nameof(PublishMethods), PublishMethods) })
        {
            foreach (
                var rule in rules.Where(rule => MethodRule.Parse(rule) is null || (isBucket && !RouteMethods.Reading.Contains(rule))))
            {
                yield return new(property, rule, taken);
            }
        }
    }

    private IEnumerable<SettingProblem> RewriteProblems()
    {
        foreach (var (place, rule) in Rewrite.Index())
        {
            var isDouble = Rewrite.Take(place).Any(
                other => LinkRules.WithoutLastSlash(other.From) == LinkRules.WithoutLastSlash(rule.From));
            var problems = isDouble
                ? rule.Problems().Append(new(nameof(RewriteOptions.From), rule.From, "takes each prefix once"))
                : rule.Problems();
            foreach (var problem in problems)
            {
                yield return problem with { Property = $"{nameof(Rewrite)}:{place}:{problem.Property}" };
            }
        }
    }
}
