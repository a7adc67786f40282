namespace ClamProxy.Management;

/// <summary>The running value of one metric with one set of labels.</summary>
/// <param name="labels">As the text shows them, without braces: <c>a="1",b="2"</c>.</param>
/// <param name="bounds">The buckets' upper bounds; empty when it is no histogram.</param>
internal sealed class MetricSeries(string labels, double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _sum;

    public string Labels { get; } = labels;

    public void Set(double value)
    {
        lock (_gate)
        {
            _sum = value;
        }
    }

    public void Add(double value)
    {
        lock (_gate)
        {
            _sum += value;
        }
    }

    /// <summary>Counts one value into its bucket.</summary>
    public void Record(double value)
    {
        // As OpenTelemetry does: one of these would make the sum useless for ever.
        if (double.IsNaN(value))
        {
            return;
        }

        var found = Array.BinarySearch(bounds, value);
        lock (_gate)
        {
            _sum += value;
            _buckets[found < 0 ? ~found : found]++;
        }
    }

    /// <summary>The value, or a histogram's sum, and its buckets: each one's own count, the last without a bound.</summary>
    public (double Sum, long[] Buckets) Read()
    {
        lock (_gate)
        {
            return (_sum, [.. _buckets]);
        }
    }
}
