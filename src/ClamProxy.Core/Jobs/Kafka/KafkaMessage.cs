using System.Text.Json.Serialization;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>
/// A message of the input topic, in the shape that ScanAsService gave it. Other producers send <c>id</c>, <c>bucket</c> and <c>key</c> at
/// least; what stands behind <c>original_filename</c> is ours.
/// </summary>
internal sealed record KafkaMessage
{
    public string? Id { get; init; }

    public string? Status { get; init; }

    /// <summary>When the job was accepted, in ISO 8601; taken as UTC where it has no zone.</summary>
    public string? Timestamp { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Details { get; init; }

    public string? Bucket { get; init; }

    public string? Key { get; init; }

    [JsonPropertyName("original_filename")]
    public string? OriginalFilename { get; init; }

    public long? Size { get; init; }

    public string? Client { get; init; }

    public string? Url { get; init; }
}
