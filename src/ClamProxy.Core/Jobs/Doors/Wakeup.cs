namespace ClamProxy.Core.Jobs.Doors;

/// <summary>A wait that others may end early. What nobody tells of is looked for once a second.</summary>
internal sealed class Wakeup(TimeProvider clock)
{
    private TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Wakes whoever waits.</summary>
    public void Wake() => Interlocked.Exchange(ref _told, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Takes texts until there are some that can be read, or the wait is over.</summary>
    public async Task<IReadOnlyList<T>> TakeAsync<T>(
        TimeSpan wait, Func<Task<List<string>>> take, Func<string, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        for (var started = clock.GetTimestamp(); ;)
        {
            var told = Volatile.Read(ref _told).Task;
            var found = (await take().ConfigureAwait(false)).Select(read).OfType<T>().ToList();
            var left = wait - clock.GetElapsedTime(started);
            if (found.Count > 0 || left <= TimeSpan.Zero)
            {
                return found;
            }

            await told.WaitAsync(left < JobTurns.LookAgain ? left : JobTurns.LookAgain, clock, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
