using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Buckets;

/// <summary>What flows of buckets log: EventIds 5800-5899.</summary>
internal static partial class BucketLog
{
    [LoggerMessage(EventId = 5800, Message = "Flow {Flow}: s3://{Bucket}/{Key} is {Outcome}{Finding}")]
    public static partial void Done(
        this ILogger logger, LogLevel level, string flow, string bucket, string key, string outcome, string finding);

    [LoggerMessage(5801, LogLevel.Debug, "Flow {Flow}: nothing to do for s3://{Bucket}/{Key}: {Why}")]
    public static partial void Unneeded(this ILogger logger, string flow, string bucket, string key, string why);

    [LoggerMessage(5802, LogLevel.Warning, "Flow {Flow}: s3://{Bucket}/{Key} stays for now ({Reason}): {Problem}")]
    public static partial void Later(this ILogger logger, string flow, string bucket, string key, string reason, string problem);

    [LoggerMessage(5803, LogLevel.Warning, "Flow {Flow}: message {Message} goes to the dead letters: {Problem}")]
    public static partial void Unreadable(this ILogger logger, string flow, string message, string problem);

    [LoggerMessage(5804, LogLevel.Debug, "Flow {Flow}: message {Message} is deleted, it is {What}")]
    public static partial void Unrelated(this ILogger logger, string flow, string message, string what);

    [LoggerMessage(5805, LogLevel.Error, "Flow {Flow}: no message can be had: {Problem}")]
    public static partial void QueueFailed(this ILogger logger, string flow, string problem);

    [LoggerMessage(5806, LogLevel.Information, "Flow {Flow}: its queue answers")]
    public static partial void QueueWorks(this ILogger logger, string flow);

    [LoggerMessage(5807, LogLevel.Warning, "Flow {Flow}: message {Message} may be handed out twice: {Problem}")]
    public static partial void NotExtended(this ILogger logger, string flow, string message, string problem);

    [LoggerMessage(5808, LogLevel.Error, "Flow {Flow}: a worker failed")]
    public static partial void WorkerFailed(this ILogger logger, string flow, Exception cause);

    [LoggerMessage(
        5809,
        LogLevel.Warning,
        "Flow {Flow}: the store deletes from bucket {Bucket} without looking at If-Match; an object that replaces another in the moment "
            + "of its deletion is lost. Turn on the bucket's versioning")]
    public static partial void IgnoresConditions(this ILogger logger, string flow, string bucket);

    [LoggerMessage(
        5810, LogLevel.Warning, "Flow {Flow}: nobody knows whether the store looks at conditions, tried in bucket {Bucket}: {Problem}")]
    public static partial void NotProbed(this ILogger logger, string flow, string bucket, string problem);

    [LoggerMessage(5812, LogLevel.Error, "Flow {Flow}: message {Message} goes to the dead letters after {Deliveries} attempts: {Reason}")]
    public static partial void SetAside(this ILogger logger, string flow, string message, int deliveries, string reason);

    [LoggerMessage(5811, LogLevel.Information, "The queues have no messages, and WATCH=false: the process ends")]
    public static partial void QueuesAreEmpty(this ILogger logger);

    [LoggerMessage(
        5830,
        LogLevel.Warning,
        "Flow {Flow}: {Store} puts objects without looking at If-Match or If-None-Match; keys in Quarantine get a suffix. Turn on the "
            + "versioning of Clean, where of two objects of one key that come at once the older one might replace the newer one")]
    public static partial void PutsUnconditionally(this ILogger logger, string flow, string store);

    [LoggerMessage(5831, LogLevel.Error, "Flow {Flow}: a bucket cannot be used: {Problem}")]
    public static partial void PlacesFailed(this ILogger logger, string flow, string problem);

    [LoggerMessage(5832, LogLevel.Information, "Flow {Flow}: its buckets can be used")]
    public static partial void PlacesWork(this ILogger logger, string flow);
}
