using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>What jobs in Kafka log: EventIds 5660-5689, of those of jobs.</summary>
internal static partial class KafkaLog
{
    [LoggerMessage(5660, LogLevel.Warning, "Kafka: {Problem}")]
    public static partial void KafkaTrouble(this ILogger logger, string problem);

    [LoggerMessage(5661, LogLevel.Information, "Kafka answers again")]
    public static partial void KafkaAnswers(this ILogger logger);

    [LoggerMessage(5662, LogLevel.Debug, "Kafka client, {Facility}: {Text}")]
    public static partial void KafkaSays(this ILogger logger, string facility, string text);

    [LoggerMessage(5663, LogLevel.Warning, "A message is no job and goes to {DeadTopic}: {Topic} [{Partition}] @{Offset}: {Reason}")]
    public static partial void NoJob(
        this ILogger logger, string deadTopic, string topic, int partition, long offset, string reason);

    [LoggerMessage(5664, LogLevel.Warning, "A message of {Topic} [{Partition}] @{Offset} is no result and is ignored")]
    public static partial void NoResult(this ILogger logger, string topic, int partition, long offset);

    [LoggerMessage(5665, LogLevel.Information, "Takes jobs of {Count} more partitions")]
    public static partial void Assigned(this ILogger logger, int count);

    [LoggerMessage(5666, LogLevel.Information, "Takes jobs of {Count} fewer partitions; {Jobs} jobs not done go to other workers")]
    public static partial void Revoked(this ILogger logger, int count, int jobs);

    [LoggerMessage(5667, LogLevel.Warning, "Kafka cannot be read at the moment and is tried again")]
    public static partial void NotRead(this ILogger logger, Exception cause);

    [LoggerMessage(5668, LogLevel.Warning, "The Kafka client has failed for good and is made anew: {Problem}")]
    public static partial void MadeAnew(this ILogger logger, string problem);
}
