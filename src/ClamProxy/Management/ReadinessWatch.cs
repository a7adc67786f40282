namespace ClamProxy.Management;

/// <summary>
/// Says in the log what /readyz says, when that changes: signatures grow too old and disks become full without anything else being logged.
/// </summary>
internal sealed class ReadinessWatch(Func<ReadinessReport> readiness, TimeProvider clock, ILogger<ReadinessWatch> logger)
    : BackgroundService
{
    /// <summary>As often as probes usually ask. Not at once: nothing is ready before a scanner was tested, which is no news.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var looks = new PeriodicTimer(s_interval, clock);
        string? last = "";
        try
        {
            while (await looks.WaitForNextTickAsync(stoppingToken))
            {
                last = Look(last);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    /// <param name="last">The problem that was told of last; null: ready, empty: nothing was told.</param>
    private string? Look(string? last)
    {
        try
        {
            var report = readiness();
            if (report.Problem == last || report.IsStopping)
            {
                return last;
            }

            if (report.Problem is { } problem)
            {
                logger.NotReady(problem);
            }
            else if (last != "")
            {
                logger.Ready();
            }

            return report.Problem;
        }
        catch (Exception e)
        {
            // It must not end the process, which a failed background service does.
            logger.ReadinessBroke(e);
            return last;
        }
    }
}
