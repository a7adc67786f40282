using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Scanning;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// Takes messages of all flows' sources, of each so many at once, and extends them while it works on them. None is taken while no
/// scanner may work: that would only use up its attempts.
/// </summary>
internal sealed class BucketWorkers(
    BucketFlows flows,
    ConditionProbe probe,
    IScanners scanners,
    BucketReport report,
    IHostApplicationLifetime lifetime,
    TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var open = flows.All.Where(flow => flow.Source is not null).ToList();
        await Task.WhenAll(open.Select(flow => probe.RunAsync(flow, stoppingToken)))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(
            open.SelectMany(flow => Enumerable.Range(0, flow.Options.Workers).Select(_ => TakeAsync(flow, stoppingToken))))
            .ConfigureAwait(false);
        if (!stoppingToken.IsCancellationRequested)
        {
            report.QueuesAreEmpty();
            lifetime.StopApplication();
        }
    }

    /// <summary>Ends where the flow does not watch its source and that has no message; else with the process.</summary>
    private async Task TakeAsync(OpenFlow flow, CancellationToken stopping)
    {
        var isEmpty = false;
        while (!stopping.IsCancellationRequested && (flow.Options.Watches || !isEmpty))
        {
            try
            {
                var pause = scanners.CanScan ? TimeSpan.Zero : s_rest;
                if (scanners.CanScan)
                {
                    isEmpty = !await TakeOneAsync(flow, stopping).ConfigureAwait(false);
                    pause = isEmpty ? flow.Options.EmptyPause : TimeSpan.Zero;
                }

                await Task.Delay(pause, clock, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (EventSourceException e)
            {
                report.Queue(flow, e.Message);
                await Task.Delay(s_rest, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                report.WorkerFailed(flow.Name, e);
                await Task.Delay(s_rest, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>False: there was no message.</returns>
    private async Task<bool> TakeOneAsync(OpenFlow flow, CancellationToken stopping)
    {
        var message = await flow.Source!.TakeAsync(stopping).ConfigureAwait(false);
        report.Queue(flow, null);
        if (message is null)
        {
            return false;
        }

        using var isOver = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var extending = ExtendAsync(flow, message, isOver.Token);
        try
        {
            await new BucketMessage(flow, report, clock).WorkAsync(message, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Another process may take it at once.
            await flow.Source.GiveBackAsync(message, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await isOver.CancelAsync().ConfigureAwait(false);
            await extending.ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>
    /// Keeps a message while it is worked on. Where that fails, another process may do the same work, to the same end.
    /// </summary>
    private async Task ExtendAsync(OpenFlow flow, TakenMessage message, CancellationToken isOver)
    {
        while (!isOver.IsCancellationRequested)
        {
            await Task.Delay(flow.Options.HiddenFor / 3, clock, isOver).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (!isOver.IsCancellationRequested)
                {
                    await flow.Source!.ExtendAsync(message, isOver).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (isOver.IsCancellationRequested)
            {
                return;
            }
            catch (EventSourceException e)
            {
                report.NotExtended(flow.Name, message.Id, e.Message);
            }
        }
    }
}
