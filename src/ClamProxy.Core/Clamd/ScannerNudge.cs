namespace ClamProxy.Core.Clamd;

/// <summary>The wish that a scanner is probed before its time.</summary>
internal sealed class ScannerNudge
{
    private volatile TaskCompletionSource _next = New();

    /// <summary>Begins to listen for the next wish: take it before a probe, so that none is missed meanwhile.</summary>
    public Task Next()
    {
        var next = New();
        _next = next;
        return next.Task;
    }

    public void Give() => _next.TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
