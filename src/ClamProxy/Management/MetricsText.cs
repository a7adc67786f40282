using System.Globalization;
using System.Text;

namespace ClamProxy.Management;

/// <summary>Prometheus' text format 0.0.4.</summary>
internal static class MetricsText
{
    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            Write(text, family);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, MetricFamily family)
    {
        MetricSeries[] all = [.. family.Series];
        if (all.Length == 0)
        {
            return;
        }

        text.Append("# HELP ").Append(family.Name).Append(' ').Append(Help(family.Help)).Append('\n');
        text.Append("# TYPE ").Append(family.Name).Append(' ').Append(Type(family.Kind)).Append('\n');
        foreach (var series in all)
        {
            Write(text, family, series);
        }
    }

    private static void Write(StringBuilder text, MetricFamily family, MetricSeries series)
    {
        var (sum, buckets) = series.Read();
        if (family.Kind != MetricKind.Histogram)
        {
            Line(text, family.Name, series.Labels, Number(sum));
            return;
        }

        var comma = series.Labels.Length == 0 ? "" : ",";
        var count = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            count += buckets[i];
            var bound = i < family.Bounds.Length ? family.Bounds[i] : double.PositiveInfinity;
            Line(text, $"{family.Name}_bucket", $"{series.Labels}{comma}le=\"{Number(bound)}\"", Number(count));
        }

        Line(text, $"{family.Name}_sum", series.Labels, Number(sum));
        Line(text, $"{family.Name}_count", series.Labels, Number(count));
    }

    private static void Line(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    private static string Help(string help) =>
        help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Type(MetricKind kind) => kind switch
    {
        MetricKind.Gauge => "gauge",
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
    };

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };
}
