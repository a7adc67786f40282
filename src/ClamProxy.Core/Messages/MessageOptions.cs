using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Messages;

/// <summary>How messages are looked at that other proxies lend for a scan (ICAP, ext_proc).</summary>
public sealed class MessageOptions : ISettings
{
    public static string Section => "Messages";

    /// <summary>
    /// The most parts of a multipart body that are scanned one by one, beside the whole; a body with more is refused as unscannable.
    /// Default: 100, more than forms of browsers have (PHP takes 20 files in one).
    /// </summary>
    [Setting("takes a whole number from 1 to 10000", Min = 1, Max = 10_000)]
    public int MaxParts { get; init; } = 100;

    /// <summary>
    /// Whether an answer to GET is refused by its URL alone where that led to an infected file before, and whether what URLs led to is
    /// recorded for it, for the proxy too. Default: true; false where whoever may send messages is not trusted to name URLs truly.
    /// </summary>
    [Setting("takes true or false")]
    public bool KnowsUrls { get; init; } = true;

    /// <summary>
    /// Whether parts of files (206) pass, each scanned for itself: a file that its client puts together from them was never scanned as a
    /// whole. Default: false; have the proxy in front take Range off requests.
    /// </summary>
    [Setting("takes true or false")]
    public bool PassParts { get; init; }

    public IEnumerable<SettingProblem> Problems() => [];
}
