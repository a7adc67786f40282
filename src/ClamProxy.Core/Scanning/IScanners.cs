using ClamProxy.Core.Admission;

namespace ClamProxy.Core.Scanning;

/// <summary>What gives verdicts: the scanners of this process (<see cref="ClamdScanners"/>), or those of workers in others.</summary>
internal interface IScanners
{
    /// <summary>
    /// The highest version of the signature databases that may scan; null: none of them reports one. A verdict made with an older one is
    /// stale.
    /// </summary>
    int? NewestDatabase { get; }

    /// <summary>Whether one of them can scan now.</summary>
    bool CanScan { get; }

    /// <summary>By scanner, how often it was seen to load signatures. Empty: another process watches them.</summary>
    IReadOnlyDictionary<string, int> Reloads { get; }

    /// <summary>Scans one form of a content. Only where all of it was scanned and nothing was found, the verdict is clean.</summary>
    /// <param name="form">Stays the caller's; readable until this returns or throws.</param>
    /// <param name="clients">Who wants it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<ScanResult> ScanAsync(ScanSubject subject, ScanForm form, WaitingClients clients, CancellationToken cancelled);
}
