namespace ClamProxy.Scans;

/// <summary>Tells what was scanned.</summary>
internal interface IScanReport
{
    /// <param name="count">Counts what there is to scan, for a bar; it ends by its token.</param>
    /// <param name="scan">Scans; hands each content over when it is known, several at once.</param>
    Task RunAsync(Func<CancellationToken, int> count, Func<Action<ScannedContent>, Task> scan);
}
