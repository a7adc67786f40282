using ClamProxy.Access;
using ClamProxy.Configuration;
using ClamProxy.Core.Messages;
using ClamProxy.Core.Settings;

namespace ClamProxy.Doors.Icap;

/// <summary>Who may use the ICAP door, and how much and how long.</summary>
public sealed class IcapOptions : ISettings
{
    private const string NetworksTaken = "takes CIDRs or addresses, such as 10.1.0.0/16,192.0.2.7";

    public static string Section => "Icap";

    /// <summary>
    /// Who may connect, besides this machine and TRUSTED_CLIENTS: the proxies that lend messages. ICAP has no credentials. Default: nobody.
    /// </summary>
    [Setting(NetworksTaken, Variable = "ICAP_CLIENTS")]
    public IReadOnlyList<string> Clients { get; init; } = [];

    /// <summary>
    /// Connections at once, each with one request at most; OPTIONS tells clients this number, and one more is answered 503. Default: 500,
    /// five times what FortiGate opens.
    /// </summary>
    [Setting("takes a whole number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxConnections { get; init; } = 500;

    /// <summary>
    /// How many bytes of a body clients send before they wait whether the rest is wanted. A body that is no longer needs no copy in the
    /// answer. Default: 32K, half of what squid holds of a body: asked for all of that, squid 5.7 waits for ever for the last byte.
    /// </summary>
    [Setting("takes bytes from 0 to 1M", Bytes = true, Min = 0, Max = 1 << 20)]
    public long Preview { get; init; } = 32 << 10;

    /// <summary>The most bytes of an ICAP request's own head. Default: 16K, as of a request to the proxy.</summary>
    [Setting("takes bytes from 1K to 1M", Bytes = true, Min = 1 << 10, Max = 1 << 20)]
    public long MaxHead { get; init; } = 16 << 10;

    /// <summary>The most bytes of the HTTP heads in it together. Default: 160K, more than the 64K that squid takes for each.</summary>
    [Setting("takes bytes from 1K to 1M", Bytes = true, Min = 1 << 10, Max = 1 << 20)]
    public long MaxHttpHeads { get; init; } = 160 << 10;

    /// <summary>How long a connection may stay without a request. Default: 5 minutes.</summary>
    [Setting("takes a time from 1 second to 1 day", Min = 1, Max = 86_400)]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a request's head, and then the HTTP heads in it, may take from their first byte. Default: 30 s.</summary>
    [Setting("takes a time from 0.1 s to 10 minutes", Min = 0.1, Max = 600)]
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to accept the next piece of an answer (64 KiB). Default: 1 minute.</summary>
    [Setting("takes a time from 0.1 s to 1 hour", Min = 0.1, Max = 3_600)]
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The silence after which a squid before 6.10 that has stopped inside a body gets the answer's head, and goes on. What is refused
    /// then ends as a torn download. Default: 20 ms; 0 where all squids are so old.
    /// </summary>
    [Setting("takes a time from 0 to 10 minutes", Min = 0, Max = 600)]
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long what a client still sends is read and dropped after an early answer, so that it gets that. Default: 5 s.
    /// </summary>
    [Setting("takes a time from 0 to 10 minutes", Min = 0, Max = 600)]
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How a content is answered that cannot be scanned as a whole (encrypted, over a limit) and that no policy lets pass: <c>refuse</c>,
    /// as an infected one is; <c>error</c>, by 500 with X-Error-Code, by which Nextcloud tells the two apart. Default: refuse.
    /// </summary>
    [Setting("takes refuse or error", Variable = "ICAP_UNSCANNABLE")]
    public UnscannableReply Unscannable { get; init; } = UnscannableReply.Refuse;

    /// <summary>
    /// Whether a proxy gets the head of an answer after PATIENCE_SECONDS, and then a little of its body now and then, while it is scanned,
    /// so that its client's read time-out does not fire. What is refused then ends as a torn download in place of a 403 page. Default:
    /// false: nothing before the verdict.
    /// </summary>
    [Setting("takes true or false", Variable = "ICAP_TRICKLE")]
    public bool Trickle { get; init; }

    public IEnumerable<SettingProblem> Problems() => Clients
        .Where(network => NetworkText.Parse(network) is null)
        .Select(network => new SettingProblem(nameof(Clients), network, NetworksTaken));

    /// <summary>Parts of a file (206) would complete what a trickle has begun and a verdict torn.</summary>
    internal IEnumerable<string> ProblemsWith(MessageOptions messages) => Trickle && messages.PassParts
        ? [SettingText.Line(
            $"{SettingsReader.Root}:{MessageOptions.Section}:{nameof(messages.PassParts)}",
            "True",
            "False with ICAP_TRICKLE=true: a client would complete by parts what was torn")]
        : [];
}
