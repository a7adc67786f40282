using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Fetching;

/// <summary>How much work may be under way, and how much of a file is held back until it is known to be right.</summary>
public sealed class GateOptions : ISettings
{
    private const string CookiesTaken = "takes names of cookies, with * at the end for anything, such as __cf_bm,AWSALB*";

    public static string Section => "Gate";

    /// <summary>
    /// Downloads with their scans under way at once; a further one is answered "too much work". Default: 512, which is
    /// five times what one clamd takes (clamd.conf(5), MaxQueue 100).
    /// </summary>
    [Setting("takes a whole number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxFlights { get; init; } = 512;

    /// <summary>
    /// Bytes at the end of a file that are not sent before the file is known to be right. Default: 64 KiB: a zip keeps its directory
    /// there, so that what was sent of a changed wheel does not open.
    /// </summary>
    [Setting("takes bytes from 1K to 64M", Variable = "HOLD_BACK_BYTES", Bytes = true, Min = 1 << 10, Max = 64 << 20)]
    public long HoldBackBytes { get; init; } = 64 << 10;

    /// <summary>
    /// What a client gets while its file is downloaded and scanned; a route may say otherwise. Default: keepalive, which patience means
    /// too.
    /// </summary>
    [Setting("takes keepalive, interim, trickle, retry or hold", Variable = "DELIVERY")]
    public DeliveryMode Delivery { get; init; } = DeliveryMode.KeepAlive;

    /// <summary>
    /// How long nothing is sent, so that most verdicts come as a plain 200 or 409. Default: 10 s; pip gives up after 15 s without a byte.
    /// </summary>
    [Setting("takes seconds from 0 to 600", Variable = "PATIENCE_SECONDS", Min = 0, Max = 600)]
    [EarlierName("Patience")]
    public TimeSpan ReplyDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The pause between two steps of the trickle. Default: 2 s, far below every client's read time-out (pip 15 s, apt and cargo 30 s).
    /// </summary>
    [Setting("takes a time from 00:00:00.001 to 00:01:00", Min = 0.001, Max = 60)]
    public TimeSpan TrickleInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The most bytes of one step; a step is smaller when little is left that may be sent, so that the trickle outlasts the scan.
    /// Default: 1 KiB, which is 512 bytes a second: cargo breaks off below 10.
    /// </summary>
    [Setting("takes bytes from 1 to 1M", Bytes = true, Min = 1, Max = 1 << 20)]
    public long TrickleBytes { get; init; } = 1 << 10;

    /// <summary>
    /// How much of a body must be here, in percent, for its download to go on when everybody who waited has left. Default: 95, as squid
    /// has it (quick_abort_pct). What is wholly here is scanned to the end in any case: clamd cannot be stopped.
    /// </summary>
    [Setting("takes a percentage from 0 to 100", Min = 0, Max = 100)]
    public int FinishFrom { get; init; } = 95;

    /// <summary>
    /// How long upstream may take to say whether a stored answer that may change (a route's Revalidate) still is its answer, and how long
    /// it may be silent inside a new one, before the stored one is given in its place. Default: 5 s, so that pip, which gives up after 15 s
    /// without a byte, gets it in time.
    /// </summary>
    [Setting("takes a time from 00:00:00.05 to 00:05:00", Min = 0.05, Max = 300)]
    public TimeSpan RevalidateWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the end of a flight is kept for clients that were told to come back, or whose transfer was broken off by a bad verdict:
    /// their retry gets it at once. Default: 1 minute; pip's and cargo's pauses between attempts are under 10 s.
    /// </summary>
    [Setting("takes a time from 00:00:15 to 00:10:00", Min = 15, Max = 600)]
    public TimeSpan Linger { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a request waits for another process that is downloading and scanning the same file (they share one Redis) before it
    /// downloads the file as well, to have bytes for its client; the scan is shared in any case. Default: 5 s, half of the reply deadline.
    /// </summary>
    [Setting("takes a time from 00:00:00 to 00:10:00", Min = 0, Max = 600)]
    public TimeSpan FollowFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often the store is looked over for files whose verdict is older than the signatures; they are scanned again while the scanners
    /// are idle. Default: 1 minute; 0: only when they are asked for.
    /// </summary>
    [Setting("takes a time from 00:00:00 (never) to 1 day", Min = 0, Max = 86_400)]
    public TimeSpan RescanInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Files that are fetched and scanned before anybody asks for them (a wheel whose metadata was asked for), at once; a further one is
    /// left until it is asked for. Default: 2, as many scans as keep a scanner of two cores busy.
    /// </summary>
    [Setting("takes a whole number from 1 to 1000", Min = 1, Max = 1000)]
    public int MaxAhead { get; init; } = 2;

    /// <summary>Fresh downloads that are tried when a body breaks off. Default: 2 in all.</summary>
    [Setting("takes a whole number from 1 to 10", Min = 1, Max = 10)]
    public int DownloadAttempts { get; init; } = 2;

    /// <summary>
    /// Cookies that load balancers and bot filters set on any answer; <c>*</c> at the end stands for anything. On an immutable file
    /// (Cache-Scan True) they are not passed on, and are no reason not to share or keep it. Default: those of Cloudflare, AWS, Akamai,
    /// Imperva, Google, Azure and F5.
    /// </summary>
    [Setting(CookiesTaken)]
    public IReadOnlyList<string> NetworkCookies { get; init; } =
    [
        "__cf*", "_cfuvid", "AWSALB*", "AWSELB*", "ak_bmsc", "bm_*", "_abck", "incap_ses_*", "visid_incap_*", "nlbi_*", "GCLB",
        "ARRAffinity*", "ApplicationGatewayAffinity*", "BIGipServer*",
    ];

    public IEnumerable<SettingProblem> Problems() => NetworkCookies
        .Where(name => name.TrimEnd('*').Length == 0 || name.IndexOfAny([' ', ';', '=', '"']) >= 0)
        .Select(name => new SettingProblem(nameof(NetworkCookies), name, CookiesTaken));
}
