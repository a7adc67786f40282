using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Scanning;

/// <summary>How processes share scans. In the gate's section, where it always was.</summary>
public sealed class ScanningOptions : ISettings
{
    public static string Section => "Gate";

    /// <summary>
    /// How long a content waits for the verdict of another process that is scanning the same bytes (they share one Redis) before this
    /// process has it scanned as
    /// well. Default: 2 minutes, which is clamd's own limit for one file (clamd.conf(5), MaxScanTime).
    /// </summary>
    [Setting("takes a time from 00:00:00 to 01:00:00", Min = 0, Max = 3600)]
    public TimeSpan FollowScanFor { get; init; } = TimeSpan.FromMinutes(2);

    public IEnumerable<SettingProblem> Problems() => [];
}
