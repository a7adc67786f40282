namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>
/// Wakes the deliveries of this process when a callback may be due at once. What other processes make due, they look for.
/// </summary>
internal sealed class CallbackSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the next call of <see cref="Set"/>. To be taken before it is looked for what is due.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Set() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
