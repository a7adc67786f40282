using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>What callbacks log: EventIds 5650-5659 of those of jobs. Of URLs only host and port.</summary>
internal static partial class CallbackLog
{
    [LoggerMessage(5650, LogLevel.Debug, "Delivered callback {Callback} of job {Id} to {Server} at attempt {Attempt}")]
    public static partial void Delivered(this ILogger logger, string callback, string id, string server, int attempt);

    [LoggerMessage(
        5651,
        LogLevel.Information,
        "Callback {Callback} of job {Id} to {Server} failed at attempt {Attempt} and is sent again in {Pause}: {Problem}")]
    public static partial void Failed(
        this ILogger logger, string callback, string id, string server, int attempt, TimeSpan pause, string problem);

    [LoggerMessage(
        5652, LogLevel.Warning, "Callback {Callback} of job {Id} to {Server} is given up after attempt {Attempt}: {Problem}")]
    public static partial void GivenUp(this ILogger logger, string callback, string id, string server, int attempt, string problem);

    [LoggerMessage(5653, LogLevel.Information, "Callback {Callback} of job {Id} was ended by its receiver, {Server} (answer 410)")]
    public static partial void EndedByReceiver(this ILogger logger, string callback, string id, string server);

    [LoggerMessage(5654, LogLevel.Warning, "Job {Id} was removed before {Count} of its callbacks were delivered")]
    public static partial void Ended(this ILogger logger, string id, int count);

    [LoggerMessage(5655, LogLevel.Warning, "Callbacks that are due could not be looked for")]
    public static partial void StoreFailed(this ILogger logger, Exception cause);

    [LoggerMessage(5656, LogLevel.Warning, "What became of callback {Callback} of job {Id} could not be recorded: it is sent again")]
    public static partial void NotSettled(this ILogger logger, string callback, string id, Exception cause);

    [LoggerMessage(5657, LogLevel.Error, "Callback {Callback} of job {Id} could not be sent because of an internal error")]
    public static partial void InternalError(this ILogger logger, string callback, string id, Exception cause);
}
