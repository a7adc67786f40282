using Confluent.Kafka;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>The times of messages, which their producers choose.</summary>
internal static class KafkaTimes
{
    private static readonly long s_latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>When a message was sent: the nearest time from 1970 on, where it says what is none.</summary>
    public static DateTimeOffset SentAt(this MessageMetadata message) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(message.Timestamp.UnixTimestampMs, 0, s_latest));
}
