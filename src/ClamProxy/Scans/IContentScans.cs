namespace ClamProxy.Scans;

/// <summary>Gets the verdict of one content: here, or from a running ClamProxy.</summary>
internal interface IContentScans : IAsyncDisposable
{
    /// <returns>Also what went wrong is a result.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<ScannedContent> ScanAsync(ScanTarget target, CancellationToken isOver);
}
