namespace ClamProxy;

/// <summary>
/// All threads of the pool from the start on, and none later. .NET needs descriptors to begin a thread, and ends the process ("Out of memory.")
/// where it has none left: a crowd would then cost the process and not just some answers (decision 0033).
/// </summary>
internal sealed class ThreadReserve(TimeProvider clock) : BackgroundService
{
    /// <summary>Work here waits for disks at most, and for those not long: more would only take turns.</summary>
    private const int ThreadsPerCore = 16;

    /// <summary>The pool ends the thread that watches over its others a second after the last work came, and begins it again with the next.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        ThreadPool.GetMinThreads(out var least, out var leastOfCompletion);
        var count = Math.Max(least, ThreadsPerCore * Environment.ProcessorCount);
        ThreadPool.SetMinThreads(count, leastOfCompletion);
        await BeginAsync(count, cancellationToken);
        ThreadPool.SetMinThreads(least, leastOfCompletion);
        ThreadPool.SetMaxThreads(count, count);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(WatchInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Has every thread wait for the last one, so that there are as many.</summary>
    private static async Task BeginAsync(int count, CancellationToken cancellationToken)
    {
        using var all = new CountdownEvent(count);
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(
            () =>
            {
                all.Signal();
                all.Wait(cancellationToken);
            },
            cancellationToken)));
    }
}
