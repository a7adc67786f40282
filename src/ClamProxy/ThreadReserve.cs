namespace ClamProxy;

/// <summary>
/// All threads of the pool from the start on, and none later. .NET needs descriptors to begin a thread, and ends the process ("Out of
/// memory.") where it has none left: a crowd would then cost the process and not just some answers (decision 0033).
/// </summary>
internal static class ThreadReserve
{
    /// <summary>Work here waits for disks at most, and for those not long: more would only take turns.</summary>
    private const int ThreadsPerCore = 16;

    /// <summary>
    /// The pool ends the thread that watches over its others a second after the last work came, and begins it again with the next.
    /// </summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// For the whole process, which must not be shared with anybody who blocks threads: to be called once, before it serves.
    /// </summary>
    /// <returns>Ends when all threads are there.</returns>
    public static async Task BeginAsync(TimeProvider clock)
    {
        ThreadPool.GetMinThreads(out var least, out var leastOfCompletion);
        var count = Math.Max(least, ThreadsPerCore * Environment.ProcessorCount);
        ThreadPool.SetMinThreads(count, leastOfCompletion);
        await BeginAsync(count);
        ThreadPool.SetMinThreads(least, leastOfCompletion);
        ThreadPool.SetMaxThreads(count, count);
        _ = KeepWatchAsync(clock);
    }

    /// <summary>Has every thread wait for the last one, so that there are as many.</summary>
    private static async Task BeginAsync(int count)
    {
        using var all = new CountdownEvent(count);
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() =>
        {
            all.Signal();
            all.Wait();
        })));
    }

    private static async Task KeepWatchAsync(TimeProvider clock)
    {
        using var timer = new PeriodicTimer(WatchInterval, clock);
        while (await timer.WaitForNextTickAsync())
        {
        }
    }
}
