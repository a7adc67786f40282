namespace ClamProxy.Doors.ExtProc;

/// <summary>What the ext_proc door logs: EventIds 6300 to 6399.</summary>
internal static partial class ExtProcLog
{
    [LoggerMessage(
        6300,
        LogLevel.Warning,
        "EXT_PROC_STREAMED=allow: bodies in the modes STREAMED and BUFFERED_PARTIAL reach clients before they are scanned")]
    public static partial void UnheldBodiesPass(this ILogger logger);

    [LoggerMessage(EventId = 6301, Message = "Refused a {Direction} that cannot be scanned as Envoy sends it ({Trouble}): {Detail}")]
    public static partial void Unusable(this ILogger logger, LogLevel level, Direction direction, Trouble trouble, string detail);

    [LoggerMessage(6302, LogLevel.Warning, "Broke a stream off: {Problem}")]
    public static partial void EnvoyTooSlow(this ILogger logger, string problem);

    [LoggerMessage(6303, LogLevel.Debug, "Envoy left a stream whose {Direction} body had not ended; nothing of it was scanned")]
    public static partial void Unfinished(this ILogger logger, Direction direction);

    [LoggerMessage(6304, LogLevel.Warning, "Refused a message of Envoy's that is larger than EXT_PROC_MAX_MESSAGE ({Most} bytes)")]
    public static partial void MessageTooLarge(this ILogger logger, long most);

    [LoggerMessage(6305, LogLevel.Error, "A stream failed")]
    public static partial void StreamFailed(this ILogger logger, Exception cause);

    [LoggerMessage(EventId = 6307, Message = "Refused a stream of {Client}, who is not among EXT_PROC_CLIENTS")]
    public static partial void Stranger(this ILogger logger, LogLevel level, string? client);

    [LoggerMessage(6306, LogLevel.Warning, "Ended a stream that was open for longer than ClamProxy:ExtProc:StreamTimeout ({Most})")]
    public static partial void StreamTooOld(this ILogger logger, TimeSpan most);
}
