using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>The scanners, as one: a content in, a report out. It says clean only where one trusted scanner's exact, complete OK says
/// so.</summary>
/// <remarks>The order of what wraps a scan: 1. the first probe, 2. the wait for a turn (ScanWait), 3. the scan's deadline (ScanTimeout),
/// 4. attempts, each on another scanner where there is one.</remarks>
public sealed class ClamdPool : IDisposable
{
    private readonly ClamdOptions _options;
    private readonly TimeProvider _time;
    private readonly ClamdMetrics _metrics;
    private readonly ILogger<ClamdPool> _logger;

    public ClamdPool(ClamdOptions options, TimeProvider time, ClamdMetrics metrics, ILogger<ClamdPool> logger)
    {
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        Hosts = [.. options.Hosts.Select(host => new ClamdHost(ClamdEndpoint.Parse(host), options, time, logger))];
        Slots = new ScanSlots(Hosts, options, time);
        metrics.Observe(this);
    }

    /// <summary>What is known of each scanner at this moment.</summary>
    public IReadOnlyList<ScannerState> Scanners => [.. Hosts.Select(host => host.State)];

    /// <summary>
    /// The highest database number of the scanners that may work; null when none of them reports one. While none may work, the highest
    /// that any of them reported last: a scanner that restarts makes no verdict older than it is.
    /// </summary>
    public int? NewestDatabase
    {
        get
        {
            var working = Hosts.Where(host => host.MayWork).ToList();
            return (working.Count > 0 ? working : Hosts).Max(host => host.Version?.Database);
        }
    }

    internal IReadOnlyList<ClamdHost> Hosts { get; }

    internal ScanSlots Slots { get; }

    /// <summary>Completes when each scanner was probed once, whatever came of it.</summary>
    public Task WaitForFirstProbeAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Hosts.Select(host => host.Probed.Task)).WaitAsync(cancellationToken);

    /// <summary>Scans one content. Scanner faults are outcomes, not exceptions; what the source throws reaches the caller
    /// unchanged.</summary>
    public async Task<ScanReport> ScanAsync(ScanSource source, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var report = await TryAsync(source, cancellationToken);
        _metrics.Scanned(report.Outcome, _time.GetElapsedTime(started), source.Length);
        return report;
    }

    public void Dispose()
    {
        foreach (var host in Hosts) host.Dispose();
    }

    private async Task<ScanReport> TryAsync(ScanSource source, CancellationToken cancellationToken)
    {
        if (!await IsProbedAsync(cancellationToken)) return NoScanner("No scanner has been probed yet.");
        HashSet<ClamdHost> tried = [];
        CancellationTokenSource? deadline = null;
        ScanReport? error = null;
        var why = "";
        try
        {
            for (var attempt = 0; attempt < _options.Attempts; attempt++)
            {
                var turn = await Slots.WaitAsync(source, tried, cancellationToken);
                if (turn.Lease is null) return error ?? new ScanReport(turn.Refusal, null, Reason(turn.Detail, why), null, null);
                using var lease = turn.Lease;
                deadline ??= new CancellationTokenSource(_options.ScanTimeout, _time);
                var scan = new HostScan(lease, source, isRepeat: !tried.Add(lease.Host), _logger);
                var result = await scan.RunAsync(mayPass: error is null, deadline.Token, cancellationToken);
                if (result.Fault is { } fault)
                {
                    why = fault.Message;
                    if (deadline.IsCancellationRequested) break;
                    continue;
                }

                var report = ReportOf(lease, result.Reply);
                if (report.Outcome is not ScanOutcome.Error || error is not null) return report;
                error = report;
                lease.Host.Doubt();
            }
        }
        finally
        {
            deadline?.Dispose();
        }

        return error ?? NoScanner(Reason("No scanner gave an answer.", why));
    }

    private static ScanReport ReportOf(ScanLease lease, ClamdReply reply)
    {
        var outcome = ReplyOutcome.Of(reply);
        var signature = reply.Kind is ReplyKind.Found ? reply.Text : null;
        return new ScanReport(outcome, signature, ReplyOutcome.Detail(outcome, reply.Text), lease.Version, lease.Host.Name) { Limits = lease.Host.Limits };
    }

    private static ScanReport NoScanner(string detail) => new(ScanOutcome.Unavailable, null, detail, null, null);

    private static string Reason(string detail, string why) => why.Length == 0 ? detail : $"{detail} Last: {why}.";

    /// <summary>Waits until some scanner may work or all were probed: a silent one does not hold the others' work up.</summary>
    private async Task<bool> IsProbedAsync(CancellationToken cancellationToken)
    {
        var pending = Hosts.Select(host => host.Probed.Task).Where(probed => !probed.IsCompleted).ToList();
        try
        {
            while (pending.Count > 0 && !Hosts.Any(host => host.MayWork))
            {
                pending.Remove(await Task.WhenAny(pending).WaitAsync(_options.ScanWait, _time, cancellationToken));
            }

            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
