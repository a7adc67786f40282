namespace ClamProxy.Core.Jobs;

/// <summary>
/// A wait that others may end early. What nobody tells of (other processes, leases that end) is looked for once a second.
/// </summary>
internal sealed class Wakeup(TimeProvider clock)
{
    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the next <see cref="Wake"/>. To be taken before it is looked for what there is.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Wakes whoever waits.</summary>
    public void Wake() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Looks until there is something, or the wait is over.</summary>
    /// <param name="wait">For how long at most; it looks once however short that is.</param>
    /// <returns>What the last look saw.</returns>
    public async Task<T> LookAsync<T>(TimeSpan wait, Func<Task<T>> look, Func<T, bool> isFound, CancellationToken cancellationToken)
    {
        for (var started = clock.GetTimestamp(); ;)
        {
            var woken = Next;
            var seen = await look().ConfigureAwait(false);
            var left = wait - clock.GetElapsedTime(started);
            if (isFound(seen) || left <= TimeSpan.Zero)
            {
                return seen;
            }

            await woken.WaitAsync(left < LookAgain ? left : LookAgain, clock, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
