using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>Who scans what the doors of this process take. In the section of jobs.</summary>
public sealed class DoorScanOptions : ISettings
{
    private const string HostTakes = "takes names of hosts separated by commas, such as files.example.com, *.example.org; * for all";

    public static string Section => "Jobs";

    /// <summary>
    /// <c>self</c>: the scanners in CLAMD_HOSTS. <c>workers</c>: workers in other processes, which share DATA_PATH or QUEUE_URL with this
    /// one; it needs no scanner. Default: self.
    /// </summary>
    [Setting("takes self or workers", Variable = "SCAN_BY")]
    public ScanBy ScanBy { get; init; } = ScanBy.Self;

    /// <summary>Hosts whose files are scanned before others': of five jobs four are theirs. Default: none.</summary>
    [Setting(HostTakes, Variable = "PRIORITY_HIGH")]
    public IReadOnlyList<string> HighPriority { get; init; } = [];

    /// <summary>
    /// How long a content waits for a worker and its verdict; after that it is answered 503. Default: 2 minutes, of which clients see a
    /// trickle.
    /// </summary>
    [Setting("takes a time from 00:00:01 to 01:00:00", Min = 1, Max = 3600)]
    public TimeSpan ScanWithin { get; init; } = TimeSpan.FromMinutes(2);

    public bool IsByWorkers => ScanBy == ScanBy.Workers;

    public IEnumerable<SettingProblem> Problems()
    {
        foreach (var entry in new PriorityHosts(HighPriority).WrongEntries)
        {
            yield return new(nameof(HighPriority), entry, HostTakes);
        }
    }
}
