using Confluent.Kafka;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>Step 1 of <see cref="KafkaIntake"/>: reads a message as a job.</summary>
/// <param name="bucket">What the object store is called.</param>
/// <param name="sharesResults">Whether a job of ours that is not known here was deleted: then all processes have the same results.</param>
internal sealed class KafkaMessageReader(KafkaOptions options, string bucket, bool sharesResults)
{
    private const int MostAttempts = 1_000_000;
    private static readonly long s_latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <returns>The message as it is held, and why it is no job; null: it is one.</returns>
    public (KafkaEntry Entry, string? Problem) Read(ConsumeResult<string?, byte[]> result)
    {
        var (value, headers) = (result.Message.Value ?? [], result.Message.Headers);
        var priority = result.Topic == options.InputTopics[(int)JobPriority.High] ? JobPriority.High : JobPriority.Normal;
        var (job, problem) = value.Length > options.MaxMessage
            ? (null, $"it has {value.Length} bytes, more than ClamProxy:Kafka:MaxMessage")
            : KafkaShapes.ReadJob(value, priority, result.Message.Timestamp.UtcDateTime, bucket);
        var attempts = KafkaHeaders.Number(headers, KafkaHeaders.Attempts, MostAttempts);
        var due = KafkaHeaders.Number(headers, KafkaHeaders.DueAt, s_latest) ?? 0;
        return (
            new KafkaEntry(
                result.TopicPartitionOffset,
                job,
                (int)(attempts ?? 0),
                DateTimeOffset.FromUnixTimeMilliseconds(due),
                IsOurs: attempts is not null && sharesResults),
            problem);
    }
}
