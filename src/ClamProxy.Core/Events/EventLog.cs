using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Events;

/// <summary>What events log: EventIds 9200 to 9249. Of URLs only host and port.</summary>
internal static partial class EventLog
{
    [LoggerMessage(9200, LogLevel.Debug, "Delivered event {Id} ({Kind}) to {Target} ({Server})")]
    public static partial void Delivered(this ILogger logger, string id, string kind, string target, string server);

    [LoggerMessage(
        9201,
        LogLevel.Warning,
        "EVENTS CANNOT BE DELIVERED to {Target} ({Server}): {Problem} They wait, and the first is sent again in {Pause}")]
    public static partial void Fails(this ILogger logger, string target, string server, string problem, TimeSpan pause);

    [LoggerMessage(9202, LogLevel.Debug, "Event {Id} to {Target} ({Server}) failed at attempt {Attempt}: {Problem}")]
    public static partial void FailsStill(
        this ILogger logger, string id, string target, string server, int attempt, string problem);

    [LoggerMessage(9203, LogLevel.Information, "Events are delivered again to {Target} ({Server})")]
    public static partial void Works(this ILogger logger, string target, string server);

    [LoggerMessage(
        9204,
        LogLevel.Error,
        "{Count} events to {Target} ({Server}) are given up: they are older than EVENT_KEEP_FOR, or the receiver refuses them: {Problem}")]
    public static partial void GivenUp(this ILogger logger, long count, string target, string server, string problem);

    [LoggerMessage(
        9205, LogLevel.Warning, "{Count} refusals are not told to any target: too many came at once (ClamProxy:EventWebhooks:MaxPending)")]
    public static partial void NotTaken(this ILogger logger, long count);

    [LoggerMessage(
        9206,
        LogLevel.Warning,
        "{Count} of the oldest events that waited for a target are dropped: as many wait as may (ClamProxy:EventWebhooks:MaxWaiting)")]
    public static partial void Full(this ILogger logger, long count);

    [LoggerMessage(9207, LogLevel.Error, "Events cannot be put into the queue: {Problem}; it is tried again")]
    public static partial void NotAdded(this ILogger logger, string problem);

    [LoggerMessage(9208, LogLevel.Information, "Events are put into the queue again")]
    public static partial void AddedAgain(this ILogger logger);

    [LoggerMessage(9209, LogLevel.Error, "The queue of events to {Target} cannot be used: {Problem}; it is tried again")]
    public static partial void QueueFailed(this ILogger logger, string target, string problem);

    [LoggerMessage(9210, LogLevel.Error, "Event {Id} could not be sent because of an internal error")]
    public static partial void InternalError(this ILogger logger, string id, Exception cause);

    [LoggerMessage(
        9211, LogLevel.Warning, "Events that wait for targets are in memory and end with the process: DATA_PATH is not set")]
    public static partial void InMemory(this ILogger logger);

    [LoggerMessage(
        9212,
        LogLevel.Error,
        "Who took sha256 {Sha256}, which is infected now, could not be put into the queue of events: {Problem}; see clamproxy recall")]
    public static partial void LateNotAdded(this ILogger logger, string sha256, string problem);

    [LoggerMessage(9213, LogLevel.Information, "Events go to {Target} ({Server}): {Kinds}")]
    public static partial void GoesTo(this ILogger logger, string target, string server, string kinds);
}
