using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Unproved;

/// <summary>
/// How long, and for how many transfers, it is remembered which client was sent the beginning of a file that was not found clean then.
/// </summary>
public sealed class UnprovedOptions : ISettings
{
    public static string Section => "Unproved";

    /// <summary>
    /// How long what a broken transfer left with a client is remembered: for so long a range of that URL is given to that client only from
    /// a file that begins with it. Default: 24 hours, longer than downloads are resumed by themselves.
    /// </summary>
    [Setting("takes a time from 00:01:00 to 30 days", Min = 60, Max = 30 * 86_400)]
    public TimeSpan RememberFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Transfers that are remembered in all. None is dropped before its time: while there is no room, clients are held instead of trickled
    /// to. Default: 100,000, about 50 MB.
    /// </summary>
    [Setting("takes a whole number from 1 to 10000000", Min = 1, Max = 10_000_000)]
    public int MaxEntries { get; init; } = 100_000;

    /// <summary>Transfers that are remembered of one client; one that has as many is held instead of trickled to. Default: 1000.</summary>
    [Setting("takes a whole number from 1 to 10000000", Min = 1, Max = 10_000_000)]
    public int MaxPerClient { get; init; } = 1000;

    /// <summary>
    /// How long a range waits for the end of a trickle of the same URL to the same client (a downloader with several connections) before it
    /// is refused. Default: 2 seconds: where both wait for one scan, the trickle ends some milliseconds after the range has its answer.
    /// </summary>
    [Setting("takes a time from 0 to 00:01:00", Min = 0, Max = 60)]
    public TimeSpan SettleWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long it is remembered of which clean content a client was last given bytes: for so long a part of that URL is given to that
    /// client only of the same content. It counts from the end of a transfer, or from its beginning where it took less than a sixtieth of
    /// this time. Default: 1 hour. Downloaders resume by themselves within minutes; a client that reads parts of a file that changes,
    /// without If-Range, has to wait so long after a change.
    /// </summary>
    [Setting("takes a time from 00:01:00 to 30 days", Min = 60, Max = 30 * 86_400)]
    public TimeSpan RememberPartsFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Contents of which bytes were given that are remembered in all; what was given longest ago makes room, of the same client first.
    /// Default: 100,000, about 50 MB.
    /// </summary>
    [Setting("takes a whole number from 1 to 10000000", Min = 1, Max = 10_000_000)]
    public int MaxParts { get; init; } = 100_000;

    /// <summary>The same of one client. Default: 10,000: behind a proxy that is not in TRUSTED_PROXIES all clients are one.</summary>
    [Setting("takes a whole number from 1 to 10000000", Min = 1, Max = 10_000_000)]
    public int MaxPartsPerClient { get; init; } = 10_000;

    /// <summary>The same of one client and URL. Default: 16: two that differ are enough for no part of either to be given.</summary>
    [Setting("takes a whole number from 2 to 1000", Min = 2, Max = 1000)]
    public int MaxPartsPerUrl { get; init; } = 16;

    public IEnumerable<SettingProblem> Problems() => [];
}
