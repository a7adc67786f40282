namespace ClamProxy.Doors.Http;

internal static partial class HttpDoorLog
{
    [LoggerMessage(
        6030,
        LogLevel.Warning,
        "Route {Route}: Revalidate has no effect without STORE_PATH: no stored answer can be served while upstream fails")]
    public static partial void RevalidatesNothing(this ILogger logger, string route);
}
