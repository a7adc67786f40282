using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Verdicts;

/// <summary>What verdict stores count. Meter <c>ClamProxy.Verdicts</c>.</summary>
internal sealed class VerdictMetrics
{
    public const string MeterName = "ClamProxy.Verdicts";

    private readonly Meter _meter;
    private readonly Counter<long> _lookups;
    private readonly Counter<long> _saves;
    private readonly Counter<long> _drops;
    private readonly Counter<long> _rejected;
    private readonly Histogram<double> _duration;

    public VerdictMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _lookups = _meter.CreateCounter<long>("clamproxy.verdicts.lookups", "{lookup}", "Lookups of earlier verdicts, by tier and result.");
        _saves = _meter.CreateCounter<long>("clamproxy.verdicts.saves", "{save}", "Verdicts saved, by tier and result.");
        _drops = _meter.CreateCounter<long>("clamproxy.verdicts.drops", "{drop}", "Verdicts dropped, by result.");
        _rejected = _meter.CreateCounter<long>(
            "clamproxy.verdicts.rejected", "{record}", "Records in Redis whose signature was missing, wrong or expired, by tier and why.");

        // Seen from the start: an alert on a counter that was never there does not fire.
        Rejected(StoreTier.Content, SealProblem.Wrong, 0);
        _duration = _meter.CreateHistogram(
            "clamproxy.verdicts.duration",
            "s",
            "How long calls to the verdict store took.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1],
            });
    }

    public void Count(string store, StoreTier tier, StoreCall call, StoreOutcome outcome, TimeSpan took)
    {
        var tierTag = TierTag(tier);
        var resultTag = new KeyValuePair<string, object?>("result", ResultName(outcome));
        Counter(call).Add(1, tierTag, resultTag);
        _duration.Record(
            took.TotalSeconds,
            new KeyValuePair<string, object?>("store", store),
            new KeyValuePair<string, object?>("call", CallName(call)));
    }

    public void Rejected(StoreTier tier, SealProblem problem, int count = 1) => _rejected.Add(
        count,
        TierTag(tier),
        new KeyValuePair<string, object?>("reason", problem switch
        {
            SealProblem.Wrong => "wrong",
            SealProblem.Missing => "missing",
            SealProblem.Expired => "expired",
        }));

    public void ObserveEntries(Func<int> count) =>
        _meter.CreateObservableGauge("clamproxy.verdicts.entries", count, "{record}", "Records in the in-process store.");

    private static KeyValuePair<string, object?> TierTag(StoreTier tier) => new("tier", tier == StoreTier.Url ? "url" : "content");

    private static string CallName(StoreCall call) => call switch
    {
        StoreCall.Find => "find",
        StoreCall.Save => "save",
        StoreCall.Drop => "drop",
    };

    private static string ResultName(StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Error => "error",
        StoreOutcome.Hit => "hit",
        StoreOutcome.Miss => "miss",
        StoreOutcome.Done => "done",
        StoreOutcome.TooLong => "too-long",
        StoreOutcome.Fenced => "fenced",
    };

    private Counter<long> Counter(StoreCall call) => call switch
    {
        StoreCall.Find => _lookups,
        StoreCall.Save => _saves,
        StoreCall.Drop => _drops,
    };
}
