using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>Looks the scanners' names up and probes every scanner for as long as the process lives, each at its own pace.</summary>
internal sealed class ClamdMonitor(
    ClamdPool pool, ScannerResolver resolver, ClamdOptions options, TimeProvider time, ILogger<ClamdMonitor> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<ClamdHost, Task> _watches = [];
    private readonly Dictionary<ScannerEntry, CancellationTokenSource> _followed = [];
    private readonly List<Task> _follows = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var change = pool.Roster.NextChange();
                Attend(stoppingToken);
                await change.WaitAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll([.. _watches.Values, .. _follows]).ConfigureAwait(false);
            foreach (var follow in _followed.Values)
            {
                follow.Dispose();
            }
        }
    }

    /// <summary>Watches all scanners there are, and follows the names that are configured now and no others.</summary>
    private void Attend(CancellationToken stopping)
    {
        foreach (var host in pool.Hosts)
        {
            Watch(host, stopping);
        }

        var entries = pool.Roster.Entries;
        foreach (var (entry, follow) in _followed.Where(one => !entries.Contains(one.Key)).ToList())
        {
            follow.Cancel();
            follow.Dispose();
            _followed.Remove(entry);
        }

        _follows.RemoveAll(follow => follow.IsCompleted);
        foreach (var entry in entries.Where(entry => entry.Name is not null && !_followed.ContainsKey(entry)))
        {
            var follow = _followed[entry] = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            _follows.Add(FollowAsync(entry, follow.Token, stopping));
        }
    }

    private async Task FollowAsync(ScannerEntry entry, CancellationToken ended, CancellationToken stopping)
    {
        try
        {
            await new ScannerNames(pool.Roster, resolver, options, time, logger).FollowAsync(
                entry, host => Watch(host, stopping), ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It is not configured any more, or the process ends.
        }
    }

    private void Watch(ClamdHost host, CancellationToken stopping)
    {
        lock (_watches)
        {
            if (!_watches.ContainsKey(host))
            {
                _watches[host] = WatchAsync(host, stopping);
            }
        }
    }

    private async Task WatchAsync(ClamdHost host, CancellationToken stopping)
    {
        var probe = new ClamdProbe(host, options, time, logger);
        try
        {
            while (!IsForgotten(host))
            {
                var nudge = host.NextNudge();
                await TryProbeAsync(host, probe, stopping).ConfigureAwait(false);
                host.Probed.TrySetResult();
                pool.Slots.Redistribute();
                await TryAsync(host, probe.KeepAsync, stopping).ConfigureAwait(false);
                await PauseAsync(host, nudge, stopping).ConfigureAwait(false);
            }

            _watches.TryRemove(host, out _);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private bool IsForgotten(ClamdHost host) => host.IsLeaving && pool.Slots.IsIdle(host) && pool.Roster.TryForget(host);

    private async Task TryProbeAsync(ClamdHost host, ClamdProbe probe, CancellationToken stopping)
    {
        if (!await TryAsync(host, probe.RunAsync, stopping).ConfigureAwait(false))
        {
            host.ProbeFailed(new ClamdException(ScannerFault.Protocol, "its probe failed; the log has the details"));
        }
    }

    /// <summary>Whatever goes wrong here, the next probe comes: a scanner that nobody probes would be lost for good.</summary>
    private async Task<bool> TryAsync(ClamdHost host, Func<CancellationToken, Task> part, CancellationToken stopping)
    {
        try
        {
            await part(stopping).ConfigureAwait(false);
            return true;
        }
        catch (Exception mistake) when (!stopping.IsCancellationRequested)
        {
            ClamdLog.ProbeBroke(logger, host.Name, mistake);
            return false;
        }
    }

    /// <summary>A scanner that is down rests whatever happens; one that is up is probed at once when a scan went wrong.</summary>
    private async Task PauseAsync(ClamdHost host, Task nudge, CancellationToken stopping)
    {
        var pause = Task.Delay(host.Pause, time, stopping);
        await (host.State.IsUp ? await Task.WhenAny(pause, nudge).ConfigureAwait(false) : pause).ConfigureAwait(false);
    }
}
