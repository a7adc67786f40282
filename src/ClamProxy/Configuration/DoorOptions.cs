using ClamProxy.Core.Settings;

namespace ClamProxy.Configuration;

/// <summary>Which doors this process opens; management is open always.</summary>
public sealed class DoorOptions : ISettings
{
    private const string Takes = "takes one or more of proxy, api, icap, ext-proc, worker, buckets, separated by commas";

    public static string Section => "Listen";

    /// <summary>
    /// The doors: <c>proxy</c> (PORT), <c>api</c> (API_PORT), <c>icap</c> (ICAP_PORT), <c>ext-proc</c> (EXT_PROC_PORT), <c>worker</c> (no
    /// port; takes jobs of the API), <c>buckets</c> (no port; scans what arrives in buckets). Default: proxy.
    /// </summary>
    [Setting(Takes, Variable = "DOORS")]
    public IReadOnlyList<string> Doors { get; init; } = ["proxy"];

    public IEnumerable<SettingProblem> Problems()
    {
        foreach (var name in Doors.Where(name => Parse(name) is Door.None))
        {
            yield return new(nameof(Doors), name, Takes);
        }

        if (Doors.Count == 0)
        {
            yield return new(nameof(Doors), "", Takes);
        }
    }

    internal bool Opens(Door door) => Doors.Any(name => Parse(name) == door);

    /// <summary>Whether jobs are accepted or worked on here.</summary>
    internal bool HasJobs => Opens(Door.Api) || Opens(Door.Worker);

    private static Door Parse(string name) => name switch
    {
        "proxy" => Door.Proxy,
        "api" => Door.Api,
        "icap" => Door.Icap,
        "worker" => Door.Worker,
        "buckets" => Door.Buckets,
        "ext-proc" => Door.ExtProc,
        _ => Door.None,
    };
}
