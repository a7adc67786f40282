using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>Takes callbacks that are due and sends them, so many at once.</summary>
internal sealed class CallbackDeliveries(
    JobStores stores, CallbackDelivery delivery, CallbackOptions options, JobCallbacks callbacks, CallbackReport report, TimeProvider clock)
    : BackgroundService
{
    private readonly CallbackPlaces _ofServers = new(options);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var places = new SemaphoreSlim(options.MaxAtOnce);
        while (!stoppingToken.IsCancellationRequested)
        {
            await places.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
            {
                places.Release();
                break;
            }

            var woken = callbacks.Due.Next;
            if (await TakeAsync(stoppingToken).ConfigureAwait(false) is { } taken)
            {
                _ = DeliverAsync(taken, places, stoppingToken);
                continue;
            }

            places.Release();
            await woken.WaitAsync(Wakeup.LookAgain, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Those under way give back what they have.
        for (var place = 0; place < options.MaxAtOnce; place++)
        {
            await places.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<TakenCallback?> TakeAsync(CancellationToken stopping)
    {
        try
        {
            return await stores.Callbacks.TakeAsync(stopping).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (!stopping.IsCancellationRequested)
            {
                report.StoreFailed(e);
            }

            return null;
        }
    }

    private async Task DeliverAsync(TakenCallback taken, SemaphoreSlim places, CancellationToken stopping)
    {
        var server = CallbackReport.ServerOf(taken.Callback);
        var putOff = _ofServers.Enter(server);
        try
        {
            await (putOff is { } pause
                ? stores.Callbacks.SettleAsync(taken, taken.Callback, clock.GetUtcNow() + pause, stopping)
                : delivery.RunAsync(taken, stopping)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It was given back.
        }
        catch (Exception e)
        {
            report.NotSettled(taken.Callback, e);
        }
        finally
        {
            if (putOff is null)
            {
                _ofServers.Leave(server);
            }

            places.Release();
        }
    }
}
