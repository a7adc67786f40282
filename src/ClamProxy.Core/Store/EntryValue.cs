using System.Text.Json.Serialization;

namespace ClamProxy.Core.Store;

/// <summary>An entry as JSON. Every property may be missing here: <see cref="EntryFormat"/> judges.</summary>
internal sealed class EntryValue
{
    /// <summary>The entry's own name, so that a file that was moved to another one is not believed.</summary>
    [JsonPropertyName("key")]
    public string? Key { get; init; }

    [JsonPropertyName("sha256")]
    public string? Sha256 { get; init; }

    [JsonPropertyName("size")]
    public long? Size { get; init; }

    [JsonPropertyName("storedAt")]
    public DateTimeOffset? StoredAt { get; init; }

    [JsonPropertyName("confirmedAt")]
    public DateTimeOffset? ConfirmedAt { get; init; }

    [JsonPropertyName("status")]
    public int? Status { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    [JsonPropertyName("redirectedTo")]
    public string? RedirectedTo { get; init; }

    [JsonPropertyName("decoded")]
    public DecodedValue? Decoded { get; init; }

    /// <summary>Name, value, name, value, …</summary>
    [JsonPropertyName("headers")]
    public string?[]? Headers { get; init; }
}
