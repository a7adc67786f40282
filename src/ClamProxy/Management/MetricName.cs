using System.Text;

namespace ClamProxy.Management;

/// <summary>
/// Names and units as OpenTelemetry's compatibility rules for Prometheus make them
/// (opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics): <c>clamproxy.clamd.duration</c> in <c>s</c> is
/// <c>clamproxy_clamd_duration_seconds</c>.
/// </summary>
internal static class MetricName
{
    private const string CounterSuffix = "_total";

    public static string Of(string name, string? unit, MetricKind kind)
    {
        var plain = Label(name);
        if (plain.EndsWith(CounterSuffix, StringComparison.Ordinal))
        {
            plain = plain[..^CounterSuffix.Length];
        }

        var suffix = Suffix(unit, kind);
        var named = suffix.Length == 0 || plain.EndsWith($"_{suffix}", StringComparison.Ordinal) ? plain : $"{plain}_{suffix}";
        return kind == MetricKind.Counter ? named + CounterSuffix : named;
    }

    /// <summary>Letters, digits and single underscores, no digit first.</summary>
    public static string Label(string name)
    {
        var label = new StringBuilder();
        foreach (var one in name)
        {
            if (char.IsAsciiLetterOrDigit(one))
            {
                label.Append(one);
            }
            else if (label.Length == 0 || label[^1] != '_')
            {
                label.Append('_');
            }
        }

        return label.Length == 0 || char.IsAsciiDigit(label[0]) ? $"_{label}" : label.ToString();
    }

    private static string Suffix(string? unit, MetricKind kind)
    {
        if (string.IsNullOrEmpty(unit) || unit[0] == '{')
        {
            return "";
        }

        var slash = unit.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? $"{Word(unit[..slash], kind)}_per_{Singular(unit[(slash + 1)..])}" : Word(unit, kind);
    }

    private static string Word(string unit, MetricKind kind) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "%" => "percent",
        "1" => kind == MetricKind.Gauge ? "ratio" : "",
        _ => Label(unit),
    };

    private static string Singular(string unit) => unit switch
    {
        "s" => "second",
        "min" => "minute",
        "h" => "hour",
        "d" => "day",
        _ => Label(unit),
    };
}
