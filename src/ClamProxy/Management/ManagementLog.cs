namespace ClamProxy.Management;

/// <summary>What the management port logs: EventIds 7500 to 7509.</summary>
internal static partial class ManagementLog
{
    [LoggerMessage(7500, LogLevel.Warning, "A metric could not be observed; the others are written without it.")]
    public static partial void InstrumentFailed(ILogger logger, Exception error);

    [LoggerMessage(7501, LogLevel.Warning, "NOT READY, /readyz answers 503: {Problem}")]
    public static partial void NotReady(this ILogger logger, string problem);

    [LoggerMessage(7502, LogLevel.Information, "Ready again, /readyz answers 200")]
    public static partial void Ready(this ILogger logger);

    [LoggerMessage(7503, LogLevel.Error, "Readiness could not be determined; it is tried again")]
    public static partial void ReadinessBroke(this ILogger logger, Exception mistake);
}
