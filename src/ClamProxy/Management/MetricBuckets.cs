using System.Diagnostics.Metrics;

namespace ClamProxy.Management;

/// <summary>The upper bounds of a histogram's buckets: what the instrument advises, else what suits its unit.</summary>
internal static class MetricBuckets
{
    // From a cached answer (milliseconds) to the scan of a large archive (minutes).
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

    // 1 KiB to 4 GiB, four times more each.
    private static readonly double[] Bytes = [.. Enumerable.Range(5, 12).Select(power => Math.Pow(4, power))];

    // OpenTelemetry's own default.
    private static readonly double[] Other = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000];

    public static double[] Of(Instrument instrument) => Advised(instrument) ?? instrument.Unit switch
    {
        "s" => Seconds,
        "By" => Bytes,
        _ => Other,
    };

    private static double[]? Advised(Instrument instrument)
    {
        double[]? advised = instrument switch
        {
            Histogram<double> of => Advised(of),
            Histogram<float> of => Advised(of),
            Histogram<long> of => Advised(of),
            Histogram<int> of => Advised(of),
            _ => null,
        };
        return advised is { Length: > 0 } ? advised : null;
    }

    private static double[]? Advised<T>(Histogram<T> histogram)
        where T : struct, IConvertible =>
        histogram.Advice?.HistogramBucketBoundaries is { } bounds
            ? [.. bounds.Select(bound => bound.ToDouble(null)).Distinct().Order()]
            : null;
}
