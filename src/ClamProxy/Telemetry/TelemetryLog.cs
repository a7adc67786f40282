namespace ClamProxy.Telemetry;

/// <summary>What is logged of the collector: EventIds 7700 to 7799.</summary>
internal static partial class TelemetryLog
{
    [LoggerMessage(7700, LogLevel.Information, "Traces: {Traces}, metrics: {Metrics}, sent to {Endpoint} by {Protocol}.")]
    public static partial void Sending(
        this ILogger logger, SignalExporter traces, SignalExporter metrics, string endpoint, OtlpProtocol protocol);

    [LoggerMessage(
        7701, LogLevel.Warning,
        "The OpenTelemetry collector does not take what it is sent: {Detail} It is dropped; requests are not affected.")]
    public static partial void CollectorFailed(this ILogger logger, string detail);

    [LoggerMessage(7702, LogLevel.Information, "The OpenTelemetry collector takes what it is sent again.")]
    public static partial void CollectorRecovered(this ILogger logger);
}
