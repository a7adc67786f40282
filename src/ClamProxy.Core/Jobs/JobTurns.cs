namespace ClamProxy.Core.Jobs;

/// <summary>
/// How a queue is taken from, whatever holds it: priorities in their turns, and a wait that what is added ends. What nobody tells of (other
/// processes, leases that end) is looked for once a second.
/// </summary>
internal sealed class JobTurns(TimeProvider clock)
{
    /// <summary>Of so many that are taken, one is normal although others are of high priority.</summary>
    private const int NormalEvery = 5;

    public static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private static readonly JobPriority[] s_highFirst = [JobPriority.High, JobPriority.Normal];
    private static readonly JobPriority[] s_normalFirst = [JobPriority.Normal, JobPriority.High];

    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _taken;

    /// <summary>Wakes whoever waits.</summary>
    public void Added() => Interlocked.Exchange(ref _added, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <param name="wait">For how long at most.</param>
    /// <param name="tryTake">Takes the next job, of the first of the priorities that has one; null: there is none.</param>
    public async Task<TakenJob?> TakeAsync(
        TimeSpan wait, Func<IReadOnlyList<JobPriority>, Task<TakenJob?>> tryTake, CancellationToken cancellationToken)
    {
        for (var started = clock.GetTimestamp(); ;)
        {
            var added = Volatile.Read(ref _added).Task;
            var isNormalFirst = Interlocked.Increment(ref _taken) % NormalEvery == 0;
            var taken = await tryTake(isNormalFirst ? s_normalFirst : s_highFirst).ConfigureAwait(false);
            var left = wait - clock.GetElapsedTime(started);
            if (taken is not null || left <= TimeSpan.Zero)
            {
                return taken;
            }

            await added.WaitAsync(left < LookAgain ? left : LookAgain, clock, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
