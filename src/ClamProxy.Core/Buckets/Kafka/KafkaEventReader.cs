using System.Globalization;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Kafka;
using Confluent.Kafka;

namespace ClamProxy.Core.Buckets.Kafka;

/// <summary>Has each message of a topic held as a job is: by where it stands, which no other has.</summary>
internal sealed class KafkaEventReader(KafkaOptions topic)
{
    private const int MostAttempts = 1_000_000;
    private static readonly long s_latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <returns>The message as it is held, and why nobody takes it; null: workers do.</returns>
    public (KafkaEntry Entry, string? Problem) Read(ConsumeResult<string?, byte[]> result)
    {
        var (message, at) = (result.Message, result.TopicPartitionOffset);
        var id = string.Create(CultureInfo.InvariantCulture, $"{at.Topic} [{at.Partition.Value}] @{at.Offset.Value}");
        var size = message.Value?.Length ?? 0;
        var problem = size > topic.MaxMessage ? $"It has {size} bytes, more than the {topic.MaxMessage} that are read as an event." : null;
        var entry = new KafkaEntry(
            at,
            problem is null ? new Job(id, "", id, "", JobPriority.Normal, message.SentAt()) : null,
            (int)(KafkaHeaders.Number(message.Headers, KafkaHeaders.Attempts, MostAttempts) ?? 0),
            DateTimeOffset.FromUnixTimeMilliseconds(KafkaHeaders.Number(message.Headers, KafkaHeaders.DueAt, s_latest) ?? 0),
            IsOurs: false)
        {
            Message = problem is null ? message : null,
        };
        return (entry, problem);
    }
}
