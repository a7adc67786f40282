using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Intake;

/// <summary>How long a client may take to send a content.</summary>
public sealed class IntakeOptions : ISettings
{
    private const double Day = 24 * 60 * 60;

    public static string Section => "Intake";

    /// <summary>The longest silence inside a client's body. Default: 30 s, as for upstreams.</summary>
    [Setting("takes a time from 0.05 s to 1 hour, such as 00:00:30", Min = 0.05, Max = 3600)]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A whole body. Default: 1 h, which moves 2 GB (clamd's largest file) at 0.6 MB/s.</summary>
    [Setting("takes a time from 0.05 s to 1 day, such as 01:00:00", Min = 0.05, Max = Day)]
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The slowest a client may send a body, in bytes a second, over each 30 s that it was waited for. Default: 1 KiB/s, a fortieth of a
    /// bad mobile line; 0: any that
    /// is not silent.
    /// </summary>
    [Setting("takes bytes from 0 (any) to 1G", Bytes = true, Min = 0, Max = 1 << 30)]
    public long MinRate { get; init; } = 1 << 10;

    public IEnumerable<SettingProblem> Problems() => [];
}
