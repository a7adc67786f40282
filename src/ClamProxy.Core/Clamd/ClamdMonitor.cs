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
                await TryProbeAsync(host, probe, stopping);
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

    /// <summary>Whatever goes wrong here, the next probe comes: a scanner that nobody probes would be lost for good.</summary>
    private async Task TryProbeAsync(ClamdHost host, ClamdProbe probe, CancellationToken stopping)
    {
        try
        {
            await probe.RunAsync(stopping);
        }
        catch (Exception mistake) when (!stopping.IsCancellationRequested)
        {
            ClamdLog.ProbeBroke(logger, host.Name, mistake);
            host.ProbeFailed(new ClamdException(ScannerFault.Protocol, "its probe broke; the log says how", mistake));
        }
    }

    /// <summary>A scanner that is down rests whatever happens; one that is up is probed at once when a scan went wrong.</summary>
    private async Task PauseAsync(ClamdHost host, Task nudge, CancellationToken stopping)
    {
        var pause = Task.Delay(host.Pause, time, stopping);
        await (host.State.IsUp ? await Task.WhenAny(pause, nudge) : pause);
    }
}
