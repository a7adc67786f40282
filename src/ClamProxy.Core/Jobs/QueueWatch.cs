using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Jobs;

/// <summary>
/// Looks at the queue from time to time, so that whoever reads metrics never waits for it. What was not seen lately is not shown: while the
/// queue cannot be read its gauges have no value, instead of their last one.
/// </summary>
internal sealed class QueueWatch : BackgroundService
{
    /// <summary>A look that is so many intervals old is old.</summary>
    private const int MostIntervals = 3;

    private readonly JobStores _stores;
    private readonly JobOptions _options;
    private readonly JobReport _report;
    private readonly TimeProvider _clock;
    private volatile Observation? _latest;

    public QueueWatch(
        JobStores stores, JobOptions options, JobReport report, JobsUnderWay underWay, IMeterFactory meters, TimeProvider clock)
    {
        (_stores, _options, _report, _clock) = (stores, options, report, clock);
        underWay.Observe(Seen);
        var meter = meters.Create("ClamProxy.Jobs");
        meter.CreateObservableGauge(
            "clamproxy.jobs.waiting",
            () => Seen().Select(waiting => new Measurement<long>(waiting.Jobs, Priority(waiting))),
            "{job}",
            "Jobs that wait for a worker, by priority; no value while the queue cannot be read.");
        meter.CreateObservableGauge(
            "clamproxy.jobs.waiting.age",
            () => Seen().Select(waiting => new Measurement<double>(AgeOf(waiting), Priority(waiting))),
            "s",
            "Time since the oldest job that waits was accepted, by priority, 0 without one; no value while the queue cannot be read.");
    }

    /// <summary>Looks once.</summary>
    internal async Task LookAsync(CancellationToken stopping)
    {
        try
        {
            var waiting = await _stores.Queue.WaitingAsync(stopping).WaitAsync(_options.QueueTimeout, _clock, stopping)
                .ConfigureAwait(false);
            _latest = new Observation(waiting, _clock.GetTimestamp());
        }
        catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            if (Interlocked.Exchange(ref _latest, null) is not null)
            {
                _report.QueueNotSeen(e);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(_options.WatchInterval, _clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static KeyValuePair<string, object?> Priority(WaitingJobs waiting) => new("priority", waiting.Priority?.Name() ?? "any");

    private IReadOnlyList<WaitingJobs> Seen() =>
        _latest is { } latest && _clock.GetElapsedTime(latest.At) < (MostIntervals * _options.WatchInterval) + _options.QueueTimeout
            ? latest.Waiting
            : [];

    private double AgeOf(WaitingJobs waiting) =>
        waiting.OldestAt is { } oldest ? Math.Max(0, (_clock.GetUtcNow() - oldest).TotalSeconds) : 0;

    private sealed record Observation(IReadOnlyList<WaitingJobs> Waiting, long At);
}
