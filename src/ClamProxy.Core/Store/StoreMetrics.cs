using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Store;

/// <summary>What the store counts. Meter <c>ClamProxy.Store</c>.</summary>
public sealed class StoreMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _kept;
    private readonly Counter<long> _evicted;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _damaged;

    public StoreMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create("ClamProxy.Store");
        _hits = _meter.CreateCounter<long>("clamproxy.store.hits", "{lookup}", "Lookups that found a stored file.");
        _misses = _meter.CreateCounter<long>("clamproxy.store.misses", "{lookup}", "Lookups that found none.");
        _kept = _meter.CreateCounter<long>("clamproxy.store.kept", "{file}", "Answers that were stored.");
        _evicted = _meter.CreateCounter<long>(
            "clamproxy.store.evicted", "{file}", "Stored files deleted because the store was over its bound.");
        _dropped = _meter.CreateCounter<long>(
            "clamproxy.store.dropped", "{file}", "Stored files deleted because they were found infected.");
        _damaged = _meter.CreateCounter<long>(
            "clamproxy.store.damaged",
            "{file}",
            "Stored files deleted because a check failed, by which part of the store they belonged to.");
    }

    internal void Hit() => _hits.Add(1);

    internal void Miss() => _misses.Add(1);

    internal void Kept() => _kept.Add(1);

    internal void Evicted() => _evicted.Add(1);

    internal void Dropped() => _dropped.Add(1);

    internal void Damaged(StoreDamage what) => _damaged.Add(1, new KeyValuePair<string, object?>("what", NameOf(what)));

    internal void Observe(Func<StoreUsage> usage)
    {
        _meter.CreateObservableGauge(
            "clamproxy.store.usage", () => usage().Bytes, "By", "Disk that stored files take, as of the last count.");
        _meter.CreateObservableGauge("clamproxy.store.files", () => usage().Files, "{file}", "Stored files, as of the last count.");
    }

    private static string NameOf(StoreDamage what) => what switch
    {
        StoreDamage.Foreign => "foreign",
        StoreDamage.Content => "content",
        StoreDamage.Verdict => "verdict",
        StoreDamage.Entry => "entry",
    };
}
