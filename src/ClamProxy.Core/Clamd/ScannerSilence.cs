namespace ClamProxy.Core.Clamd;

/// <summary>Tells scans that their scanner has stopped answering altogether.</summary>
internal sealed class ScannerSilence : IDisposable
{
    private volatile CancellationTokenSource _source = new();

    /// <summary>Cancelled when it stops answering the next time.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Cancels the token that was given out until now.</summary>
    public void Begin()
    {
        // Not disposed: scans that are about to look at it still hold its token, and it owns no timer.
        var ended = Interlocked.Exchange(ref _source, new CancellationTokenSource());
        _ = ended.CancelAsync();
    }

    public void Dispose() => _source.Dispose();
}
