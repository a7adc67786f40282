namespace ClamProxy.Management;

/// <summary>What the management port logs: EventIds 7500 to 7599.</summary>
internal static partial class ManagementLog
{
    [LoggerMessage(7500, LogLevel.Warning, "A metric could not be observed; the others are written without it.")]
    public static partial void InstrumentFailed(ILogger logger, Exception error);
}
