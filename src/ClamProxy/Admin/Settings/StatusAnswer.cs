using ClamProxy.Admin.Scanners;

namespace ClamProxy.Admin.Settings;

/// <summary>How this process is.</summary>
/// <param name="Version">Its version.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="Ready">Whether /readyz says that it is ready.</param>
/// <param name="Problem">Why not; null: it is.</param>
/// <param name="Downloads">Downloads with their scans under way.</param>
/// <param name="Scanners">The scanners, and how many scans wait.</param>
/// <param name="Store">The store; null: there is none.</param>
/// <param name="Spool">What downloads take on the disk.</param>
/// <param name="Verdicts">What is wrong with the store of verdicts; null: nothing.</param>
/// <param name="Queue">What is wrong with the queue of jobs; null: nothing, or there is none.</param>
/// <param name="Configuration">What is wrong with the configuration that was to be loaded; null: nothing.</param>
internal sealed record StatusAnswer(
    string Version,
    DateTimeOffset StartedAt,
    bool Ready,
    string? Problem,
    int Downloads,
    ScannerListAnswer Scanners,
    StoreAnswer? Store,
    SpaceAnswer Spool,
    string? Verdicts,
    string? Queue,
    string? Configuration);
