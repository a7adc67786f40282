namespace ClamProxy.Management;

/// <summary>What /readyz answers from.</summary>
internal sealed record ReadinessReport(IReadOnlyList<ScannerReadiness> Scanners, StoreReadiness Store)
{
    /// <summary>Routes whose answers lead clients past the scanner. They do not make the process unready.</summary>
    public IReadOnlyList<LinkReadiness> ForeignLinks { get; init; } = [];

    /// <summary>The folders of spool and store. The process is ready without a store that works.</summary>
    public IReadOnlyList<DiskReadiness> Disks { get; init; } = [];

    /// <summary>Where the contents of jobs are kept; null: no door has jobs.</summary>
    public ObjectReadiness? Objects { get; init; }

    /// <summary>The queue of jobs; null: no door of this process needs one. The process is ready without it: its other doors work.
    /// </summary>
    public QueueReadiness? Queue { get; init; }

    /// <summary>Flows of buckets. The process is ready without their queues: nobody sends it anything.</summary>
    public IReadOnlyList<BucketReadiness> Buckets { get; init; } = [];

    /// <summary>Targets of events. The process is ready without them: nothing that clients get depends on one.</summary>
    public IReadOnlyList<EventReadiness> Events { get; init; } = [];

    /// <summary>Who scans in place of scanners of this process; null: it has its own.</summary>
    public WorkersReadiness? Workers { get; init; }

    /// <summary>What came of the last reload of the configuration; null: nobody can reload it.</summary>
    public ConfigurationReadiness? Configuration { get; init; }

    /// <summary>The process is stopping.</summary>
    public bool IsStopping { get; init; }

    /// <summary>Client connections: none can be had where a new one would be closed at once.</summary>
    public ConnectionReadiness Connections { get; init; } = new(0, 0, false);

    /// <summary>
    /// Whether a request should be sent here and could be scanned now: one scanner that answers, is trusted and has fresh signatures is
    /// enough. Where workers scan, it is enough that scans can be left to them.
    /// </summary>
    public bool IsReady => Problem is null;

    /// <summary>Why not.</summary>
    public string? Problem => this switch
    {
        { IsStopping: true } => "stopping",
        { Workers.Problem: { } problem } => problem,
        { Workers: null } when !Scanners.Any(IsWorking) =>
            "no scanner is up and trusted" + (Scanners.Any(scanner => scanner.IsDrained) ? " that is not drained" : ""),
        { Workers: null } when Scanners.Where(IsWorking).All(scanner => scanner.IsTooOld) =>
            "signatures are older than SIGNATURE_MAX_AGE: has freshclam run?",
        _ when Disks.FirstOrDefault(disk => disk is { IsNeeded: true, Problem: not null }) is { } disk => disk.Problem,
        { Objects: { IsNeeded: true, Problem: { } problem } } => problem,
        { Connections.AreExhausted: true } => $"all {Connections.Most} client connections are in use (MaxConnections)",
        _ => null,
    };

    private static bool IsWorking(ScannerReadiness scanner) => scanner is { IsUp: true, IsTrusted: true };
}
