using ClamProxy.Core.Fetching.Lookup;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>Scans a stored file again. Files now found bad are removed from the store, with a warning.</summary>
internal sealed class StoredRescan(ContentStore store, StoredAnswers answers, ContentScanner scanner, GateReport report)
{
    /// <returns>The decision; where there is no verdict that lasts, the file stays stored, and stays stale.</returns>
    public async Task<ScanDecision> RunAsync(ScanSubject subject, StoredFile file, CancellationToken cancelled)
    {
        var decision = await scanner.ScanAsync(subject, file, cancelled).ConfigureAwait(false);

        // What the scanner could not do just now (a full disk, too little time) says nothing of the file.
        if (decision is ScanDecision.Judged { Verdict: var verdict } && ScanVerdict.IsLasting(verdict))
        {
            if (verdict.Verdict == Verdict.Clean)
            {
                await store.ConfirmAsync(verdict, cancelled).ConfigureAwait(false);
                report.Rescanned(file, verdict);
            }
            else
            {
                await answers.DropAsync(file, verdict).ConfigureAwait(false);
            }
        }

        return decision;
    }
}
