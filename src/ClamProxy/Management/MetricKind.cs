namespace ClamProxy.Management;

/// <summary>The three forms that Prometheus' text knows and that instruments map to.</summary>
internal enum MetricKind
{
    /// <summary>Up-down counters and gauges.</summary>
    Gauge = 0,

    /// <summary>Counters: only ever more.</summary>
    Counter,

    /// <summary>Histograms.</summary>
    Histogram,
}
