using Confluent.Kafka;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>A message that was fetched and is not committed yet.</summary>
/// <param name="At">Where it stands.</param>
/// <param name="Job">What it asks for; null: nothing, it is no job.</param>
/// <param name="Returns">How often it was taken before it was sent again.</param>
/// <param name="DueAt">When it may be taken.</param>
/// <param name="IsOurs">One of ours sent it.</param>
internal sealed record KafkaEntry(TopicPartitionOffset At, Job? Job, int Returns, DateTimeOffset DueAt, bool IsOurs)
{
    /// <summary>The message itself, where its job is not all that it says.</summary>
    public Message<string?, byte[]>? Message { get; init; }

    /// <summary>How often it was taken, before and in this process.</summary>
    public int Attempts { get; set; } = Returns;

    /// <summary>What its worker knows this taking by; null: nobody has it.</summary>
    public string? Lease { get; set; }

    /// <summary>When its worker loses it.</summary>
    public DateTimeOffset LeasedUntil { get; set; }

    public bool IsDone { get; set; }

    public bool MayBeTaken(DateTimeOffset now) => !IsDone && Job is not null && (Lease is null ? DueAt <= now : LeasedUntil <= now);
}
