using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Gate;

/// <summary>How much work may be under way, and how much of a file is held back until it is known to be right.</summary>
public sealed class GateOptions : ISettings
{
    public static string Section => "Gate";

    /// <summary>
    /// Downloads with their scans under way at once; a further one is answered "too much work". Default: 512, which is
    /// five times what one clamd takes (clamd.conf(5), MaxQueue 100).
    /// </summary>
    [Setting("takes a whole number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxFlights { get; init; } = 512;

    /// <summary>
    /// Files with an earlier verdict that are passed on at once; a further one is answered "too much work". Default: 2048, each of which
    /// takes a client connection, an upstream connection and about 200 KiB.
    /// </summary>
    [Setting("takes a whole number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxStreams { get; init; } = 2048;

    /// <summary>
    /// Bytes at the end of a file that are not sent before the file is known to be right. Default: 64 KiB: a zip keeps its directory
    /// there, so that what was sent of a changed wheel does not open.
    /// </summary>
    [Setting("takes bytes from 1K to 64M", Variable = "HOLD_BACK_BYTES", Bytes = true, Min = 1 << 10, Max = 64 << 20)]
    public long HoldBackBytes { get; init; } = 64 << 10;

    /// <summary>Fresh downloads that are tried when a body breaks off. Default: 2 in all.</summary>
    [Setting("takes a whole number from 1 to 10", Min = 1, Max = 10)]
    public int DownloadAttempts { get; init; } = 2;

    public IEnumerable<SettingProblem> Problems() => [];
}
