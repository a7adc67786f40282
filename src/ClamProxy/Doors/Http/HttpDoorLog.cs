namespace ClamProxy.Doors.Http;

internal static partial class HttpDoorLog
{
    [LoggerMessage(EventId = 6000, Message = "Answer failed: {Reason}: {Detail}")]
    public static partial void Failed(this ILogger logger, LogLevel level, string reason, string detail, Exception? cause);

    [LoggerMessage(6002, LogLevel.Debug, "The failure of an answer comes from here")]
    public static partial void FailureTrace(this ILogger logger, Exception cause);

    [LoggerMessage(
        EventId = 6001,
        Level = LogLevel.Warning,
        Message = "MaxConnections is {Asked}, but the limit of file descriptors allows {Connections} connections only: raise it (ulimit "
            + "-n, LimitNOFILE)")]
    public static partial void FewDescriptors(this ILogger logger, int asked, int connections);

    [LoggerMessage(
        6030,
        LogLevel.Warning,
        "Route {Route}: Revalidate has no effect without STORE_PATH: no stored answer can be served while upstream fails")]
    public static partial void RevalidatesNothing(this ILogger logger, string route);
}
