using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Redis;

/// <summary>
/// What the connection to Redis logs: EventIds 2001-2005 and 2100-2199. A problem's text is masked and one line long before it comes here.
/// </summary>
internal static partial class RedisLog
{
    [LoggerMessage(2001, LogLevel.Information, "Verdicts are kept in {Redis}")]
    public static partial void KeptInRedis(ILogger logger, RedisAddress redis);

    [LoggerMessage(2002, LogLevel.Warning, "{Redis} is left alone for {Rest}, verdicts are neither found nor saved: {Problem}")]
    public static partial void RedisIsLeftAlone(ILogger logger, RedisAddress redis, string problem, TimeSpan rest);

    [LoggerMessage(2003, LogLevel.Debug, "{Redis} is left alone for {Rest} more: {Problem}")]
    public static partial void RedisIsStillAway(ILogger logger, RedisAddress redis, string problem, TimeSpan rest);

    [LoggerMessage(2004, LogLevel.Information, "Redis answers again")]
    public static partial void RedisIsBack(ILogger logger);

    [LoggerMessage(2100, LogLevel.Warning, "{Redis} cannot be reached: {Problem}. Verdicts are neither found nor saved until it can")]
    public static partial void NotReached(ILogger logger, RedisAddress redis, string problem);

    [LoggerMessage(EventId = 2005, Message = "Redis failed at {Call}: {Problem}")]
    public static partial void CallFailed(ILogger logger, LogLevel level, RedisCall call, string problem);
}
