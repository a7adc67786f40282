using ClamProxy.Core.Clamd;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Jobs;

/// <summary>
/// Takes jobs, so many at once, and says while it works on one that it still does. No job is taken while no scanner may work: that would
/// only use up its tries.
/// </summary>
internal sealed class JobWorkers(
    JobStores stores,
    JobWork work,
    JobsUnderWay underWay,
    ClamdPool scanners,
    JobOptions options,
    JobReport report,
    TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan s_takeWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(1, options.WorkerPool).Select(
            number => TakeAsync($"{ProcessName.Own}/worker-{number}", stoppingToken)));

    private async Task TakeAsync(string worker, CancellationToken stopping)
    {
        await scanners.WaitForFirstProbeAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var mayWork = scanners.Scanners.Any(scanner => scanner.IsTrusted);
                if (mayWork && await stores.Queue.TakeAsync(s_takeWait, stopping).ConfigureAwait(false) is { } taken)
                {
                    await WorkAsync(taken, worker, stopping).ConfigureAwait(false);
                }
                else if (!mayWork)
                {
                    await Task.Delay(s_rest, clock, stopping).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                report.WorkerFailed(worker, e);
                await Task.Delay(s_rest, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WorkAsync(TakenJob taken, string worker, CancellationToken stopping)
    {
        using var entry = underWay.Begin(taken);
        using var isLost = new CancellationTokenSource();
        using var isOver = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, isLost.Token);
        var renewing = RenewAsync(taken, isLost, isOver.Token);
        try
        {
            await work.RunAsync(taken, worker, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (isLost.IsCancellationRequested)
        {
            report.Lost(taken, worker);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await stores.Queue.GiveBackAsync(taken, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await isOver.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
        }
    }

    /// <summary>Says that the job is still being worked on. A queue that cannot be asked has not given it to another yet.</summary>
    private async Task RenewAsync(TakenJob taken, CancellationTokenSource isLost, CancellationToken isOver)
    {
        while (!isOver.IsCancellationRequested)
        {
            await Task.Delay(options.LeaseTime / 3, clock, isOver).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!isOver.IsCancellationRequested && !await stores.Queue.RenewAsync(taken, isOver).ConfigureAwait(false))
                {
                    await isLost.CancelAsync().ConfigureAwait(false);
                    return;
                }
            }
            catch (OperationCanceledException) when (isOver.IsCancellationRequested)
            {
                return;
            }
            catch (JobStoreException e)
            {
                report.NotRenewed(taken, e);
            }
        }
    }
}
