using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Clamd;

/// <summary>What the clamd client counts.</summary>
public sealed class ClamdMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "ClamProxy.Clamd";

    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly Counter<long> _scans;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _duration;

    public ClamdMetrics(IMeterFactory factory, TimeProvider time)
    {
        _time = time;
        _meter = factory.Create(MeterName);
        _scans = _meter.CreateCounter<long>("clamproxy.clamd.scans", "{scan}", "Scans that ended, by outcome.");
        _bytes = _meter.CreateCounter<long>("clamproxy.clamd.scanned", "By", "Bytes of contents that a scanner gave a verdict on.");
        _duration = _meter.CreateHistogram<double>(
            "clamproxy.clamd.scan.duration", "s", "Time from the request for a scan to its outcome, waiting included.");
    }

    internal void Observe(ClamdPool pool)
    {
        _meter.CreateObservableUpDownCounter(
            "clamproxy.clamd.scans.active", () => pool.Slots.InFlight, "{scan}", "Scans that scanners are busy with.");
        _meter.CreateObservableUpDownCounter(
            "clamproxy.clamd.scans.waiting", () => pool.Slots.Waiting, "{scan}", "Scans that wait for their turn.");
        _meter.CreateObservableGauge(
            "clamproxy.clamd.scanner.up", () => Up(pool), "{scanner}", "Scanners behind an entry of CLAMD_HOSTS that get work.");
        _meter.CreateObservableGauge(
            "clamproxy.clamd.scanner.trusted_size",
            () => Sizes(pool),
            "By",
            "The largest file or archive member that every scanner of an entry was shown to scan.");
        _meter.CreateObservableGauge(
            "clamproxy.clamd.signatures.age", () => Ages(pool), "s", "Age of the oldest daily signature database of an entry's scanners.");
    }

    internal void Scanned(ScanOutcome outcome, TimeSpan duration, long length)
    {
        var tag = new KeyValuePair<string, object?>("outcome", Tag(outcome));
        _scans.Add(1, tag);
        _duration.Record(duration.TotalSeconds, tag);
        if (length > 0 && WasJudged(outcome))
        {
            _bytes.Add(length);
        }
    }

    private static IEnumerable<Measurement<int>> Up(ClamdPool pool) =>
        from entry in pool.Roster.Entries
        select new Measurement<int>(pool.Roster.HostsOf(entry).Count(host => host.MayWork), EndpointTag(entry));

    private static IEnumerable<Measurement<long>> Sizes(ClamdPool pool) =>
        from entry in pool.Roster.Entries
        let sizes = pool.Roster.HostsOf(entry).Select(host => host.Limits?.TrustedSize).OfType<long>().ToList()
        where sizes.Count > 0
        select new Measurement<long>(sizes.Min(), EndpointTag(entry));

    private IEnumerable<Measurement<double>> Ages(ClamdPool pool) =>
        from entry in pool.Roster.Entries
        let dates = pool.Roster.HostsOf(entry).Select(host => host.Version?.DatabaseDate).OfType<DateTimeOffset>().ToList()
        where dates.Count > 0
        select new Measurement<double>((_time.GetUtcNow() - dates.Min()).TotalSeconds, EndpointTag(entry));

    // The operator configured it: as many values as there are entries, however often their names lead elsewhere.
    private static KeyValuePair<string, object?> EndpointTag(ScannerEntry entry) => new("endpoint", entry.Text);

    private static bool WasJudged(ScanOutcome outcome) =>
        outcome is not (ScanOutcome.None or ScanOutcome.Unavailable or ScanOutcome.Busy or ScanOutcome.Error);

    internal static string Tag(ScanOutcome outcome) => outcome switch
    {
        ScanOutcome.None => "none",
        ScanOutcome.Clean => "clean",
        ScanOutcome.Found => "found",
        ScanOutcome.TooLarge => "too-large",
        ScanOutcome.Encrypted => "encrypted",
        ScanOutcome.EngineLimit => "engine-limit",
        ScanOutcome.Error => "error",
        ScanOutcome.Unavailable => "unavailable",
        ScanOutcome.Busy => "busy",
    };
}
