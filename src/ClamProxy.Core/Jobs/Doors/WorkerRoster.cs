using System.Globalization;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>
/// What a process that leaves scans to workers knows of them, and whether queue and object store can be used. Asked every few seconds;
/// answers tell it too.
/// </summary>
public sealed class WorkerRoster : BackgroundService
{
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    internal static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    private readonly JobStores _stores;
    private readonly IScanExchange _exchange;
    private readonly VerdictCutoffs _cutoffs;
    private readonly DoorScanReport _report;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (WorkerReport Report, long LearntAt)> _known = new(StringComparer.Ordinal);
    private int? _lastDatabase;
    private string? _problem = "the queue to the workers has not been asked yet";

    internal WorkerRoster(
        JobStores stores,
        IScanExchange exchange,
        VerdictCutoffs cutoffs,
        DoorScanReport report,
        DoorScanMetrics metrics,
        TimeProvider clock)
    {
        (_stores, _exchange, _cutoffs, _report, _clock) = (stores, exchange, cutoffs, report, clock);
        metrics.Observe(() => Workers.Count(worker => worker.MayWork));
    }

    /// <summary>Why no scan can be left to workers; null: it can, and waits where there is none at the moment.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>The processes with workers that said something lately.</summary>
    public IReadOnlyList<WorkerReport> Workers
    {
        get
        {
            lock (_gate)
            {
                return [.. _known.Values.Where(known => _clock.GetElapsedTime(known.LearntAt) < Life).Select(known => known.Report)];
            }
        }
    }

    internal bool MayWork => Workers.Any(worker => worker.MayWork);

    /// <summary>The newest signature database of workers that may work; while there is none, the newest that was last told of.</summary>
    internal int? NewestDatabase
    {
        get
        {
            var working = Workers.Where(worker => worker.MayWork).ToList();
            lock (_gate)
            {
                return working.Count == 0 ? _lastDatabase : _lastDatabase = working.Max(worker => worker.Database);
            }
        }
    }

    /// <summary>Asks once before anything is answered from what is known.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    internal void Learn(WorkerReport worker)
    {
        lock (_gate)
        {
            _known[worker.Name] = (worker, _clock.GetTimestamp());
        }

        // Signatures that a worker saw changing without a number end the life of what is known here too.
        if (worker.Rescan > 0)
        {
            var rescan = worker.Rescan.ToString(CultureInfo.InvariantCulture);
            _cutoffs.Merge(new Dictionary<string, string> { [CutoffNames.Rescan] = rescan });
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var looks = new PeriodicTimer(Every, _clock);
        try
        {
            while (await looks.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    internal async Task LookAsync(CancellationToken cancelled)
    {
        string? problem = null;
        try
        {
            foreach (var worker in await _exchange.WorkersAsync(cancelled).ConfigureAwait(false))
            {
                Learn(worker);
            }

            // Nothing has this key: the store says so, or that it cannot be used.
            var probe = await _stores.Objects.GetAsync(DoorScan.KeyOf("probe", 0), WaitingClients.Of(null), cancelled)
                .ConfigureAwait(false);
            problem = probe is ObjectContent.Failed { Failure.Detail: var detail } ? detail : null;
            (probe as ObjectContent.Here)?.Content.Dispose();
        }
        catch (JobStoreException e)
        {
            problem = $"the queue to the workers cannot be used: {e.Message}";
        }

        _report.Reached(Interlocked.Exchange(ref _problem, problem), problem);
        Forget();
    }

    /// <summary>Processes come and go: those of yesterday are not kept.</summary>
    private void Forget()
    {
        lock (_gate)
        {
            var gone = _known.Where(known => _clock.GetElapsedTime(known.Value.LearntAt) >= Life).Select(known => known.Key).ToList();
            foreach (var name in gone)
            {
                _known.Remove(name);
            }
        }
    }
}
