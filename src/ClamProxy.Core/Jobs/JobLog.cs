using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs;

/// <summary>What jobs log: EventIds 5600-5699.</summary>
internal static partial class JobLog
{
    [LoggerMessage(5600, LogLevel.Information, "Accepted job {Id}: {Size} bytes, priority {Priority}")]
    public static partial void Accepted(this ILogger logger, string id, long? size, JobPriority priority);

    [LoggerMessage(5601, LogLevel.Warning, "Job {Id} ended as ERROR: {Details}")]
    public static partial void EndedAsError(this ILogger logger, string id, string? details);

    [LoggerMessage(EventId = 5602, Message = "Job {Id} failed at try {Attempt}: {Reason}: {Detail}")]
    public static partial void TryFailed(
        this ILogger logger, LogLevel level, string id, int attempt, string reason, string detail, Exception? cause);

    [LoggerMessage(5603, LogLevel.Warning, "Job {Id} was lost by {Worker}: its lease was not renewed in time, and another may have it")]
    public static partial void Lost(this ILogger logger, string id, string worker);

    [LoggerMessage(5604, LogLevel.Warning, "The lease of job {Id} could not be renewed")]
    public static partial void NotRenewed(this ILogger logger, string id, Exception cause);

    [LoggerMessage(5605, LogLevel.Warning, "Job {Id} was refused, and what was noted of it could not be removed: the sweep will")]
    public static partial void NotTakenBack(this ILogger logger, string id, Exception cause);

    [LoggerMessage(5606, LogLevel.Warning, "{Worker} could not take or end a job")]
    public static partial void WorkerFailed(this ILogger logger, string worker, Exception cause);

    [LoggerMessage(
        5607,
        LogLevel.Information,
        "Removed {Results} results and {Contents} contents that are over their life; queued {Queued} jobs again")]
    public static partial void Swept(this ILogger logger, int results, int contents, int queued);

    [LoggerMessage(5608, LogLevel.Warning, "The sweep of jobs failed and is tried again later")]
    public static partial void SweepFailed(this ILogger logger, Exception cause);

    [LoggerMessage(5640, LogLevel.Warning, "The queue of jobs cannot be looked at: the metrics of what waits there have no value")]
    public static partial void QueueNotSeen(this ILogger logger, Exception cause);
    [LoggerMessage(5611, LogLevel.Warning, "Job {Id} is left out: its id is that of another content, which has a result")]
    public static partial void IdUsedTwice(this ILogger logger, string id);
}
