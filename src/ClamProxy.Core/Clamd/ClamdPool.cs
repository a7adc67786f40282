using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Clamd;

/// <summary>The scanners, as one: a content in, a report out. It says clean only where one trusted scanner's exact, complete OK says
/// so.</summary>
/// <remarks>The order of what wraps a scan: 1. the first probe, 2. the wait for a turn (ScanWait), 3. the scan's deadline (ScanTimeout),
/// 4. attempts, each on another scanner where there is one.</remarks>
public sealed class ClamdPool : IDisposable
{
    private const int NoDatabase = -1;

    private readonly ClamdOptions _options;
    private readonly TimeProvider _time;
    private readonly ClamdMetrics _metrics;
    private readonly ILogger<ClamdPool> _logger;

    // An int, which no reader sees half written; none of them reported one: NoDatabase.
    private int _lastDatabase = NoDatabase;
    private long _clean;
    private long _infected;
    private long _other;

    public ClamdPool(ClamdOptions options, TimeProvider time, ClamdMetrics metrics, ILogger<ClamdPool> logger)
    {
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        Roster = new ScannerRoster(options, time, logger);
        Slots = new ScanSlots(Roster, options, time);
        metrics.Observe(this);
    }

    /// <summary>What is known of each scanner at this moment, and of each name that leads to none.</summary>
    public IReadOnlyList<ScannerState> Scanners => [.. Roster.States];

    /// <summary>How many scans wait for a scanner.</summary>
    public int Waiting => Slots.Waiting;

    /// <summary>What became of all scans so far.</summary>
    public ScanTotals Totals => new(
        Interlocked.Read(ref _clean), Interlocked.Read(ref _infected), Interlocked.Read(ref _other));

    /// <summary>
    /// The highest database number of the scanners that may work; null when none of them reports one. While none may work, the highest
    /// that any of them reported last, those that left their name included: a scanner that restarts makes no verdict older than it is.
    /// </summary>
    public int? NewestDatabase
    {
        get
        {
            var hosts = Hosts;
            var working = hosts.Where(host => host.MayWork).ToList();
            var newest = (working.Count > 0 ? working : hosts).Max(host => host.Version?.Database);
            if (working.Count > 0)
            {
                Volatile.Write(ref _lastDatabase, newest ?? NoDatabase);
            }

            return newest ?? (working.Count == 0 && Volatile.Read(ref _lastDatabase) is var last and not NoDatabase ? last : null);
        }
    }

    /// <summary>
    /// What tells one moment from a later one at which some scanner has loaded signatures: by scanner, how often it was seen to.
    /// </summary>
    public IReadOnlyDictionary<string, int> Reloads => Hosts.ToDictionary(host => host.Name, host => host.Reload.Reloads);

    internal ScannerRoster Roster { get; }

    internal IReadOnlyList<ClamdHost> Hosts => Roster.Hosts;

    internal ScanSlots Slots { get; }

    /// <summary>Scans that wait for their turn.</summary>
    public int WaitingScans => Slots.Waiting;

    /// <summary>Lets scanners have no new scans: those under way end. That does not outlive the process.</summary>
    /// <param name="scanner">Its endpoint, as <see cref="Scanners"/> names it; of a name, without the address, all that it leads
    /// to.</param>
    /// <param name="evenLast">Whether that may leave no scanner that can work.</param>
    public DrainOutcome Drain(string scanner, bool evenLast)
    {
        var hosts = Named(scanner);
        if (hosts.Count == 0)
        {
            return DrainOutcome.NotFound;
        }

        if (!evenLast && !Hosts.Any(host => host.MayWork && !hosts.Contains(host)))
        {
            return DrainOutcome.IsLast;
        }

        Roster.SetDrained(hosts, isDrained: true);
        Slots.Redistribute();
        return DrainOutcome.Done;
    }

    /// <summary>Lets scanners that were drained have scans again.</summary>
    /// <inheritdoc cref="Drain"/>
    public DrainOutcome Resume(string scanner)
    {
        var hosts = Named(scanner);
        Roster.SetDrained(hosts, isDrained: false);
        Slots.Redistribute();
        return hosts.Count == 0 ? DrainOutcome.NotFound : DrainOutcome.Done;
    }

    /// <summary>Tests scanners by the canaries now, all at once, and says how that ended.</summary>
    /// <param name="scanner">As <see cref="Drain"/> has it; null: all.</param>
    /// <returns>By endpoint; empty: there is no such scanner.</returns>
    public async Task<IReadOnlyDictionary<string, ScannerTestResult>> TestAsync(string? scanner, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.ScanTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var hosts = scanner is null ? Hosts : Named(scanner);
        var results = await Task.WhenAll(hosts.Select(host => TestAsync(host, either.Token, cancellationToken))).ConfigureAwait(false);
        Slots.Redistribute();
        return hosts.Zip(results).ToDictionary(one => one.First.Name, one => one.Second);
    }

    /// <summary>From now on these scanners are configured.</summary>
    /// <param name="hosts">As <see cref="ClamdOptions.Hosts"/> has them, and valid.</param>
    public void UseHosts(IEnumerable<string> hosts)
    {
        Roster.SetEntries(hosts);
        Slots.Redistribute();
    }

    /// <summary>Completes when each name was looked up and each scanner was probed once, whatever came of it.</summary>
    public async Task WaitForFirstProbeAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Roster.Entries.Select(entry => entry.LookedUp.Task)).WaitAsync(cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(Hosts.Select(host => host.Probed.Task)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Scans one content. Scanner faults are outcomes, not exceptions; what the source throws reaches the caller
    /// unchanged.</summary>
    public async Task<ScanReport> ScanAsync(ScanSource source, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var report = await TryAsync(source, cancellationToken).ConfigureAwait(false);
        _metrics.Scanned(report.Outcome, _time.GetElapsedTime(started), source.Length);
        Count(report.Outcome);
        return report;
    }

    public void Dispose()
    {
        Roster.Dispose();
    }

    private List<ClamdHost> Named(string scanner) =>
    [
        .. Hosts.Where(host => new[] { scanner, "tcp://" + scanner }.Any(
            name => host.Name == name || host.Name.StartsWith(name + " (", StringComparison.Ordinal))),
    ];

    private async Task<ScannerTestResult> TestAsync(ClamdHost host, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            await host.Sessions.RenewAsync(limit).ConfigureAwait(false);
            return new ScannerTestResult(_time.GetUtcNow(), null);
        }
        catch (ClamdException fault)
        {
            return new ScannerTestResult(_time.GetUtcNow(), fault.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ScannerTestResult(_time.GetUtcNow(), "its test did not end within ScanTimeout");
        }
    }

    private async Task<ScanReport> TryAsync(ScanSource source, CancellationToken cancellationToken)
    {
        if (!await IsProbedAsync(cancellationToken).ConfigureAwait(false))
        {
            return NoScanner("No scanner has been probed yet.");
        }

        HashSet<ClamdHost> tried = [];
        CancellationTokenSource? deadline = null;
        ScanReport? error = null;
        var why = "";
        try
        {
            for (var attempt = 0; attempt < _options.Attempts; attempt++)
            {
                var turn = await Slots.WaitAsync(source, tried, cancellationToken).ConfigureAwait(false);
                if (turn.Lease is null)
                {
                    return error ?? new ScanReport(turn.Refusal, null, Reason(turn.Detail, why), null, null);
                }

                using var lease = turn.Lease;
                deadline ??= new CancellationTokenSource(_options.ScanTimeout, _time);
                var scan = new HostScan(lease, source, isRepeat: !tried.Add(lease.Host), _time, _logger);
                var result = await scan.RunAsync(mayPass: error is null, deadline.Token, cancellationToken).ConfigureAwait(false);
                if (result.Fault is { } fault)
                {
                    why = fault.Message;
                    if (deadline.IsCancellationRequested)
                    {
                        break;
                    }

                    continue;
                }

                var report = ReportOf(lease.Host, result);
                if (report.Outcome is not ScanOutcome.Error || error is not null)
                {
                    return report;
                }

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

    private void Count(ScanOutcome outcome) => _ = outcome switch
    {
        ScanOutcome.Clean => Interlocked.Increment(ref _clean),
        ScanOutcome.Found => Interlocked.Increment(ref _infected),
        ScanOutcome.None or ScanOutcome.TooLarge or ScanOutcome.Encrypted or ScanOutcome.EngineLimit or ScanOutcome.Error
            or ScanOutcome.Unavailable or ScanOutcome.Busy => Interlocked.Increment(ref _other),
    };

    private static ScanReport ReportOf(ClamdHost host, ScanAttempt attempt)
    {
        var reply = attempt.Reply;
        var outcome = ReplyOutcome.Of(reply);
        var signature = reply.Kind is ReplyKind.Found ? reply.Text : null;
        return new ScanReport(
            outcome, signature, ReplyOutcome.Detail(outcome, reply.Text), attempt.Version, host.Name)
        { Limits = attempt.Limits };
    }

    private static ScanReport NoScanner(string detail) => new(ScanOutcome.Unavailable, null, detail, null, null);

    private static string Reason(string detail, string why) => why.Length == 0 ? detail : $"{detail} Last: {why}.";

    /// <summary>
    /// Waits until some scanner may work or all were looked up and probed: a silent one does not hold the others' work up.
    /// </summary>
    private async Task<bool> IsProbedAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!Hosts.Any(host => host.MayWork) && Pending() is { Count: > 0 } pending)
            {
                await Task.WhenAny(pending).WaitAsync(_options.ScanWait, _time, cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private List<Task> Pending() =>
    [
        .. Roster.Entries.Select(entry => entry.LookedUp.Task).Concat(
            Hosts.Where(host => !host.IsLeaving).Select(host => host.Probed.Task)).Where(task => !task.IsCompleted),
    ];
}
