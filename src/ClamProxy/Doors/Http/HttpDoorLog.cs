namespace ClamProxy.Doors.Http;

internal static partial class HttpDoorLog
{
    [LoggerMessage(EventId = 6000, Message = "Answer failed: {Reason}: {Detail}")]
    public static partial void Failed(this ILogger logger, LogLevel level, string reason, string detail, Exception? cause);
}
