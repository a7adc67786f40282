using ClamProxy.Core.Settings;

namespace ClamProxy.Doors.Api;

/// <summary>What one request to the scan API may bring and take.</summary>
public sealed class ApiOptions : ISettings
{
    private const string HostsTake = "takes names of hosts separated by commas, such as scans.example.org";

    public static string Section => "Api";

    /// <summary>The most files in one upload. Default: 16.</summary>
    [Setting("takes a whole number from 1 to 1000", Min = 1, Max = 1000)]
    public int MaxFiles { get; init; } = 16;

    /// <summary>The most other fields beside them. Default: 16.</summary>
    [Setting("takes a whole number from 0 to 1000", Min = 0, Max = 1000)]
    public int MaxFields { get; init; } = 16;

    /// <summary>The longest wait for a result (<c>?wait=</c>). Default: 1 minute, below what proxies in front allow.</summary>
    [Setting("takes a time from 0 to 1 hour", Min = 0, Max = 3600)]
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one stream of a result's progress stays open at most; the client reconnects. Default: 10 minutes.</summary>
    [Setting("takes a time from 1 second to 1 day", Min = 1, Max = 86_400)]
    public TimeSpan EventsFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The results of one page. Default: 100.</summary>
    [Setting("takes a whole number from 1 to 1000", Min = 1, Max = 1000)]
    public int PageSize { get; init; } = 100;

    /// <summary>
    /// Names of this API beside localhost and this machine's own, by which clients may call it while API_CREDENTIALS is unset. Default:
    /// none.
    /// </summary>
    [Setting(HostsTake, Variable = "API_HOSTS")]
    public IReadOnlyList<string> Hosts { get; init; } = [];

    public IEnumerable<SettingProblem> Problems() => Hosts
        .Where(host => Uri.CheckHostName(host) == UriHostNameType.Unknown)
        .Select(host => new SettingProblem(nameof(Hosts), host, HostsTake));
}
