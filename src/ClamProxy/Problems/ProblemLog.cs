namespace ClamProxy.Problems;

/// <summary>Why there is a problem in place of an answer: EventIds 6000 and 6002.</summary>
internal static partial class ProblemLog
{
    [LoggerMessage(EventId = 6000, Message = "Answer failed: {Reason}: {Detail}")]
    public static partial void Failed(this ILogger logger, LogLevel level, string reason, string detail, Exception? cause);

    [LoggerMessage(6002, LogLevel.Debug, "The failure of an answer comes from here")]
    public static partial void FailureTrace(this ILogger logger, Exception cause);
}
