namespace ClamProxy.Doors.Http;

internal static partial class HttpDoorLog
{
    [LoggerMessage(EventId = 6000, Message = "Answer failed: {Reason}: {Detail}")]
    public static partial void Failed(this ILogger logger, LogLevel level, string reason, string detail, Exception? cause);

    [LoggerMessage(6030, LogLevel.Warning, "Route {Route}: Revalidate has no effect without STORE_PATH: nothing stands in for an upstream that fails")]
    public static partial void RevalidatesNothing(this ILogger logger, string route);
}
