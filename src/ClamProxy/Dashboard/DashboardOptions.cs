using ClamProxy.Core.Settings;

namespace ClamProxy.Dashboard;

/// <summary>The dashboard on the management port.</summary>
public sealed class DashboardOptions : ISettings
{
    private const string HostsTake = "takes names of hosts separated by commas, such as scans.example.org";

    public static string Section => "Dashboard";

    /// <summary>Whether there is a dashboard. Without one nothing is remembered or sampled for it. Default: true.</summary>
    [Setting("takes true or false", Variable = "DASHBOARD")]
    public bool IsOn { get; init; } = true;

    /// <summary>
    /// How much memory the latest decisions take; a fifth of it is for those that are not clean or failed. Default: 2 MiB, about 10,000
    /// decisions.
    /// </summary>
    [Setting("takes bytes from 64K to 256M", Bytes = true, Min = 64 << 10, Max = 256 << 20)]
    public long History { get; init; } = 2 << 20;

    /// <summary>How many open pages are kept up to date at once. One more shows what was when it was loaded. Default: 100.</summary>
    [Setting("takes a whole number from 0 to 1000", Min = 0, Max = 1000)]
    public int MaxLive { get; init; } = 100;

    /// <summary>How often open pages are brought up to date. Default: 2 s.</summary>
    [Setting("takes a time from 00:00:00.1 to 00:01:00", Min = 0.1, Max = 60)]
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an open page may take to receive what is new, before its connection is closed. Default: 10 s.</summary>
    [Setting("takes a time from 00:00:00.1 to 00:05:00", Min = 0.1, Max = 300)]
    public TimeSpan SendWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Names of the management port beside localhost and this machine's own, by which browsers may call the dashboard while
    /// MANAGEMENT_CREDENTIALS is unset. Default: none.
    /// </summary>
    [Setting(HostsTake, Variable = "DASHBOARD_HOSTS")]
    public IReadOnlyList<string> Hosts { get; init; } = [];

    public IEnumerable<SettingProblem> Problems() => Hosts
        .Where(host => Uri.CheckHostName(host) == UriHostNameType.Unknown)
        .Select(host => new SettingProblem(nameof(Hosts), host, HostsTake));
}
