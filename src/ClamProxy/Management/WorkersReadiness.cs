using ClamProxy.Core.Jobs.Doors;

namespace ClamProxy.Management;

/// <summary>How a process stands that leaves scans to workers: it has no scanner of its own.</summary>
/// <param name="Trouble">Why no scan can be left to them; null: it can.</param>
/// <param name="Workers">The processes with workers that said something lately. None: scans wait until one comes.</param>
/// <param name="IsTooOld">Whether signatures of that day are older than SIGNATURE_MAX_AGE.</param>
internal sealed record WorkersReadiness(string? Trouble, IReadOnlyList<WorkerReport> Workers, Func<DateTimeOffset?, bool> IsTooOld)
{
    /// <summary>Why the process is not ready. Workers that are scaled down to none start when scans wait.</summary>
    public string? Problem =>
        Trouble is not null ? $"no scan can be left to workers: {Trouble}"
        : Working.Count > 0 && Working.All(worker => IsTooOld(worker.DatabaseDate))
            ? "signatures of all workers are older than SIGNATURE_MAX_AGE: has freshclam run?"
        : null;

    private List<WorkerReport> Working => [.. Workers.Where(worker => worker.MayWork)];
}
