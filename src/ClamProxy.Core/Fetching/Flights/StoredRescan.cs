using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>Scans a stored file again. A file now found bad is removed, with a warning.</summary>
internal sealed class StoredRescan(ContentStore store, EngineScan scan, VerdictLookup known, GateReport report)
{
    /// <returns>The verdict, or why there is none; then the file stays stored, and stays stale.</returns>
    public async Task<(ContentRecord? Verdict, Failure? Failure)> RunAsync(
        StoredFile file, WaitingClients? clients, bool isBackground, CancellationToken cancelled)
    {
        var (verdict, failure) = await scan.RunAsync(file, clients, isBackground, cancelled).ConfigureAwait(false);
        if (verdict is null)
        {
            return (null, failure);
        }

        // What the scanner could not do just now (a full disk, too little time) says nothing of the file: it stays stored, and stale.
        if (!ScanVerdict.IsLasting(verdict))
        {
            return (verdict, null);
        }

        await known.RecordAsync(verdict, cancelled).ConfigureAwait(false);
        if (verdict.Verdict == Verdict.Clean)
        {
            await store.ConfirmAsync(verdict, cancelled).ConfigureAwait(false);
        }
        else
        {
            await store.DropAsync(file.Sha256).ConfigureAwait(false);
        }

        report.Rescanned(file, verdict);
        return (verdict, null);
    }
}
