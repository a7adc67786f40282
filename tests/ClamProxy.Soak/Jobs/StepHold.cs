namespace ClamProxy.Soak.Jobs;

/// <summary>One call that is to wait.</summary>
internal sealed class StepHold(JobStep step)
{
    private readonly TaskCompletionSource<StepCall> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The call that waits, once it does.</summary>
    public Task<StepCall> Reached => _reached.Task;

    public void Release() => _released.TrySetResult();

    public async Task HoldAsync(StepCall call, CancellationToken end)
    {
        if (step.IsMet(call) && !_released.Task.IsCompleted && _reached.TrySetResult(call))
        {
            await _released.Task.WaitAsync(end);
        }
    }
}
