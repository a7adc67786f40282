namespace ClamProxy.Core.Jobs;

/// <summary>How a queue is taken from, whatever holds it: priorities in their turns, and a wait that what is added ends.</summary>
internal sealed class JobTurns(TimeProvider clock)
{
    /// <summary>Of so many that are taken, one is normal although others are of high priority.</summary>
    private const int NormalEvery = 5;

    private static readonly JobPriority[] s_highFirst = [JobPriority.High, JobPriority.Normal];
    private static readonly JobPriority[] s_normalFirst = [JobPriority.Normal, JobPriority.High];

    private readonly Wakeup _wakeup = new(clock);
    private uint _taken;

    /// <summary>Wakes whoever waits.</summary>
    public void Added() => _wakeup.Wake();

    /// <param name="wait">For how long at most.</param>
    /// <param name="tryTake">Takes the next job, of the first of the priorities that has one; null: there is none.</param>
    public Task<TakenJob?> TakeAsync(
        TimeSpan wait, Func<IReadOnlyList<JobPriority>, Task<TakenJob?>> tryTake, CancellationToken cancellationToken) => _wakeup.LookAsync(
        wait,
        () => tryTake(Interlocked.Increment(ref _taken) % NormalEvery == 0 ? s_normalFirst : s_highFirst),
        taken => taken is not null,
        cancellationToken);
}
