using ClamProxy.Core.Overview;

namespace ClamProxy.Core.Jobs;

/// <summary>What this process's workers do, and how many jobs wait, for whoever looks.</summary>
public sealed class JobsUnderWay(TimeProvider clock)
{
    private readonly WorkList _taken = new(clock);
    private volatile Func<IReadOnlyList<WaitingJobs>>? _waiting;

    /// <summary>The jobs that workers of this process have, the oldest first.</summary>
    public IReadOnlyList<WorkUnderWay> Taken => _taken.All;

    /// <summary>How many jobs wait for a worker, by priority; empty while the queue cannot be read.</summary>
    public IReadOnlyList<WaitingJobs> Waiting => _waiting?.Invoke() ?? [];

    internal void Observe(Func<IReadOnlyList<WaitingJobs>> waiting) => _waiting = waiting;

    /// <returns>Ends it.</returns>
    internal IDisposable Begin(TakenJob taken) => _taken.Begin(new($"job {taken.Job.Id}", TimeSpan.Zero)
    {
        Door = "worker",
        Client = taken.Job.Client,
        Total = taken.Job.Size,
        RequestId = taken.Job.Id,
        Attempt = taken.Attempt,
    });
}
