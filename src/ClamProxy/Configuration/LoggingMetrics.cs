using System.Diagnostics.Metrics;

namespace ClamProxy.Configuration;

/// <summary>What the log shows of itself. Meter <c>ClamProxy.Logging</c>.</summary>
internal sealed class LoggingMetrics
{
    public const string MeterName = "ClamProxy.Logging";

    public LoggingMetrics(IMeterFactory meters, OutputLoggers loggers) =>
        meters.Create(MeterName).CreateObservableCounter(
            "clamproxy.logging.dropped",
            () => loggers.Dropped,
            "{entry}",
            "Log entries that were dropped because standard output was not read fast enough.");
}
