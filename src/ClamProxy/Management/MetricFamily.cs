using System.Collections.Concurrent;

namespace ClamProxy.Management;

/// <summary>One metric with all its series. Their number is bounded, so that no stream of tags can fill the memory.</summary>
internal sealed class MetricFamily(string name, string help, MetricKind kind, MetricUpdate update, double[] bounds)
{
    /// <summary>The label of the one series that takes what is over the bound, as OpenTelemetry names it.</summary>
    public const string Overflow = "otel_metric_overflow=\"true\"";

    /// <summary>OpenTelemetry's own default is 2,000; our tags are closed enums, far below both.</summary>
    public const int SeriesLimit = 1_000;

    private readonly Lock _adding = new();
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], MetricSeries> _byTags = new(MetricTags.Comparer);
    private readonly ConcurrentDictionary<string, MetricSeries> _byLabels = new(StringComparer.Ordinal);

    public string Name => name;

    public string Help => help;

    public MetricKind Kind => kind;

    public double[] Bounds => bounds;

    public IEnumerable<MetricSeries> Series => _byLabels.Values.OrderBy(series => series.Labels, StringComparer.Ordinal);

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = _byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>().TryGetValue(tags, out var known)
            ? known
            : Find(tags);
        if (kind == MetricKind.Histogram)
        {
            series.Record(value);
        }
        else if (update == MetricUpdate.Add)
        {
            series.Add(value);
        }
        else
        {
            series.Set(value);
        }
    }

    /// <summary>Forgets what an earlier observation saw: a scanner that is gone must not keep its last value for ever.</summary>
    public void Forget()
    {
        if (update == MetricUpdate.Observe)
        {
            _byTags.Clear();
            _byLabels.Clear();
        }
    }

    // The same labels in another order are the same series.
    private MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = MetricTags.Text(tags);
        lock (_adding)
        {
            if (!_byLabels.TryGetValue(labels, out var series))
            {
                labels = _byLabels.Count < SeriesLimit ? labels : Overflow;
                series = _byLabels.GetOrAdd(labels, text => new MetricSeries(text, bounds));
            }

            if (_byTags.Count < SeriesLimit)
            {
                _byTags.TryAdd(tags.ToArray(), series);
            }

            return series;
        }
    }
}
