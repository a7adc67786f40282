using System.Text.Json.Serialization;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>
/// A message of the output topic, in the shape that ScanAsService gave it. What stands behind <c>worker</c> is ours: the same once more,
/// exactly, and the content's hash, without which nobody can tell that what is delivered is what was scanned.
/// </summary>
internal sealed record KafkaResult
{
    public string? Id { get; init; }

    public string? Status { get; init; }

    public string? Timestamp { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Details { get; init; }

    public string? Bucket { get; init; }

    /// <summary>Where the content lies now.</summary>
    public string? Key { get; init; }

    [JsonPropertyName("original_filename")]
    public string? OriginalFilename { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Instance { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Virus { get; init; }

    /// <summary>Seconds of the scan.</summary>
    public double? Analyse { get; init; }

    /// <summary>Seconds from a worker's taking the job to its end.</summary>
    public double? Duration { get; init; }

    public string? Worker { get; init; }

    public string? Sha256 { get; init; }

    public long? Size { get; init; }

    /// <summary>What was accepted; without URL and client, which are nobody's business who reads results.</summary>
    public Job? Job { get; init; }

    public JobOutcome? Outcome { get; init; }
}
