namespace ClamProxy.Core.Clamd;

/// <summary>A time for one question to a scanner.</summary>
internal static class ProbeDeadline
{
    /// <exception cref="ClamdException">It took longer.</exception>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, Task<T>> ask, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await ask(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cause) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClamdException(ScannerFault.TimedOut, $"it did not answer within {timeout.TotalSeconds:0.#} s", cause);
        }
    }
}
