using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>Probes every scanner for as long as the process lives, each at its own pace.</summary>
internal sealed class ClamdMonitor(ClamdPool pool, ClamdOptions options, TimeProvider time, ILogger<ClamdMonitor> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(pool.Hosts.Select(host => WatchAsync(host, stoppingToken)));

    private async Task WatchAsync(ClamdHost host, CancellationToken stopping)
    {
        var probe = new ClamdProbe(host, options, time, logger);
        while (!stopping.IsCancellationRequested)
        {
            var nudge = host.NextNudge();
            try
            {
                await probe.RunAsync(stopping);
                host.Probed.TrySetResult();
                pool.Slots.Redistribute();
                await PauseAsync(host, nudge, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>A scanner that is down rests whatever happens; one that is up is probed at once when a scan went wrong.</summary>
    private async Task PauseAsync(ClamdHost host, Task nudge, CancellationToken stopping)
    {
        var pause = Task.Delay(host.Pause, time, stopping);
        await (host.State.IsUp ? await Task.WhenAny(pause, nudge) : pause);
    }
}
