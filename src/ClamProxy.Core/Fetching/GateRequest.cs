using ClamProxy.Core.Admission;
using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Identity;
using ClamProxy.Core.Fetching.Caching;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Policies;
using ClamProxy.Core.Scanning;

namespace ClamProxy.Core.Fetching;

/// <summary>What a door asks the gate for.</summary>
/// <param name="Target">The upstream URL.</param>
/// <param name="Headers">The header fields that go upstream, as they are to be sent.</param>
/// <param name="CacheScan">True: the source is immutable, so a cached verdict may be used.</param>
public sealed record GateRequest(Target Target, IReadOnlyList<KeyValuePair<string, string>> Headers, bool CacheScan)
{
    private RequestKeys? _keys;

    /// <summary>
    /// For an answer that may change: how long a stored one counts. Null: it is not stored. Without effect where <see cref="CacheScan"/>
    /// says that it never changes, where the request shows who its client is, or where there is no store.
    /// </summary>
    public Freshness? Freshness { get; init; }

    /// <summary>What the client's Cache-Control asks for; it counts only with <see cref="Freshness"/>, and selects nothing.</summary>
    public CacheControl Directives { get; init; } = CacheControl.None;

    /// <summary>
    /// True: although the answer may change, the verdict of bytes that are here and were scanned before counts; so it does with
    /// <see cref="CacheScan"/>. False: they are scanned each time.
    /// </summary>
    public bool KnowsContents { get; init; }

    /// <summary>How to wait; null: as <see cref="GateOptions.Delivery"/> says.</summary>
    public DeliveryMode? Delivery { get; init; }

    /// <summary>
    /// Shows the door how far the work is. Its client is shown a page meanwhile, and asks again for the file, for which the result is kept.
    /// Null: nobody looks.
    /// </summary>
    public FetchProgress? Progress { get; init; }

    /// <summary>
    /// True: the door keeps the client alive itself while it waits, without a byte of the body, where <see cref="Delivery"/> is keepalive
    /// or interim.
    /// </summary>
    public bool BearsInterim { get; init; }

    /// <summary>
    /// False: the client might take a transfer that breaks off for a whole one, so that nothing may leave before the verdict.
    /// </summary>
    public bool SeesBrokenTransfers { get; init; } = true;

    /// <summary>What to do with unscannable files; null: as <see cref="PolicyOptions"/> says.</summary>
    public UnscannablePolicy? Policy { get; init; }

    /// <summary>
    /// True: the download and scan go on when nobody waits for them any more, so that whoever asks next finds the verdict.
    /// </summary>
    public bool FinishAbandoned { get; init; }

    /// <summary>
    /// True: its client has asked for it, but its turn has not come: nobody waits for it yet, and it takes spare room only.
    /// </summary>
    public bool IsAhead { get; init; }

    /// <summary>
    /// True: it shows who its client is by a field that the door knows for one, whatever its name: its answer is never stored.
    /// </summary>
    public bool IsPrivate { get; init; }

    /// <summary>As whom the target's origin is asked; null: as nobody in particular. Answers to it have keys of their own.</summary>
    public UpstreamIdentity? Identity { get; init; }

    /// <summary>
    /// Names of header fields that select an answer only where its Vary names them (decision 0052), whether this request has them or not.
    /// All others that go upstream always select. Compared without case; a door gives the same list for all requests that it can.
    /// </summary>
    public IReadOnlyList<string> NeutralFields { get; init; } = [];

    /// <summary>
    /// Who asks, as far as the door can tell, in the form of <see cref="ClientNetwork"/>: clients take turns at the scanners and have
    /// shares of what is bounded. Null: nobody in particular.
    /// </summary>
    public string? Client { get; init; }

    /// <summary>The door that asks, for whoever looks at what is under way.</summary>
    public string Door { get; init; } = "proxy";

    /// <summary>Its keys, each computed once. A copy that asks for something else has its own.</summary>
    internal RequestKeys Keys => _keys is { } keys && keys.AreOf(this) ? keys : _keys = new RequestKeys(this);

    /// <summary>
    /// What exceptions for targets are matched with: null for a target that climbs (<c>..%2f</c>), which may lead upstream out of the
    /// folder that an exception is for.
    /// </summary>
    internal string? Source => Target.Climbs ? null : Target.TextWithoutQuery;

    /// <summary>Whether the verdict of an earlier scan of the same bytes counts.</summary>
    internal bool MayReuseVerdicts => CacheScan || KnowsContents;

    internal bool IsNeutral(string name) => NeutralFields.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>What the scanner is told of its content before anything of it is here.</summary>
    internal ScanSubject SubjectFor(WaitingClients clients) =>
        new(Target.TextWithoutQuery) { Clients = clients, Source = Source, Policy = Policy, Door = Door };
}
