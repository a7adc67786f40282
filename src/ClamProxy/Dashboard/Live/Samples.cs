using ClamProxy.Core.Clamd;
using ClamProxy.Core.Overview;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;

namespace ClamProxy.Dashboard.Live;

/// <summary>How things were over the last hour: 720 samples, one every 5 s, of 48 bytes.</summary>
internal sealed class Samples(
    RecentDecisions decisions, SpoolFolder spool, ContentStore store, IServiceProvider services, TimeProvider clock) : BackgroundService
{
    public const int Most = 720;

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<Sample> _samples = new(Most);
    private readonly ClamdPool? _pool = services.GetService<ClamdPool>();
    private TallyState _last = decisions.Tally.State;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<Sample> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _samples];
            }
        }
    }

    /// <summary>Takes one sample of what came since the last.</summary>
    internal void Take()
    {
        var state = decisions.Tally.State;
        var now = state.Since(_last);
        _last = state;
        var seconds = Interval.TotalSeconds;
        var hasAny = now.Requests > 0;
        var sample = new Sample(
            (float)(now.Requests / seconds),
            now.Refused,
            now.Failed,
            now.Contents > 0 ? 100f * now.Stored / now.Contents : float.NaN,
            hasAny ? (float)now.Within(0.5) : float.NaN,
            hasAny ? (float)now.Within(0.95) : float.NaN,
            hasAny ? (float)now.Within(0.99) : float.NaN,
            (float)(now.Bytes / seconds),
            _pool?.Scanners.Sum(scanner => scanner.ScansInFlight) ?? 0,
            _pool?.Waiting ?? 0,
            spool.DiskUsage.InUse + spool.MemoryUsage.InUse,
            store.Usage.Bytes);
        lock (_gate)
        {
            if (_samples.Count == Most)
            {
                _samples.Dequeue();
            }

            _samples.Enqueue(sample);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Take();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }
}
