using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Doors;

/// <summary>What scans that are left to workers log: EventIds 5670-5679.</summary>
internal static partial class DoorScanLog
{
    [LoggerMessage(
        5670,
        LogLevel.Debug,
        "Scan {Id} by a worker ended: {Size} bytes, priority {Priority}, {Total:0} ms in all, {Queue:0} ms of them in the queue; {Worker}")]
    public static partial void Ended(
        this ILogger logger, string id, long? size, JobPriority priority, double total, double? queue, string? worker);

    [LoggerMessage(5671, LogLevel.Warning, "Scans cannot be left to workers: {Problem}")]
    public static partial void NotReached(this ILogger logger, string problem);

    [LoggerMessage(5672, LogLevel.Information, "Scans are left to workers: queue and object store answer")]
    public static partial void Reached(this ILogger logger);

    [LoggerMessage(
        5673,
        LogLevel.Warning,
        "The answer to scan {Id} is not believed: it names another content, contradicts itself, or is not signed with VERDICT_KEY")]
    public static partial void NotBelieved(this ILogger logger, string id);

    [LoggerMessage(5674, LogLevel.Warning, "What scan {Id} left in queue or object store could not be removed: the sweep will")]
    public static partial void NotTakenBack(this ILogger logger, string id, Exception? cause);

    [LoggerMessage(5675, LogLevel.Information, "Scan {Id} was dropped: the door that asked for it does not wait any more")]
    public static partial void NobodyWaits(this ILogger logger, string id);

    [LoggerMessage(5676, LogLevel.Warning, "Doors of other processes could not be told that workers are here")]
    public static partial void NotReported(this ILogger logger, Exception cause);
}
