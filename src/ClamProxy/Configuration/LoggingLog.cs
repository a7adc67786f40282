namespace ClamProxy.Configuration;

/// <summary>What the log says of itself: EventIds 7800 to 7899.</summary>
internal static partial class LoggingLog
{
    [LoggerMessage(
        7800, LogLevel.Warning, "Here {Count} log entries were dropped: standard output was not read fast enough (LOG_QUEUE)")]
    public static partial void EntriesDropped(this ILogger logger, long count);
}
