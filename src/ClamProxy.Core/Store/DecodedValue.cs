using System.Text.Json.Serialization;

namespace ClamProxy.Core.Store;

/// <summary>What a stored coded body decodes to, as JSON. Every property may be missing here: <see cref="EntryFormat"/> judges.</summary>
internal sealed class DecodedValue
{
    [JsonPropertyName("sha256")]
    public string? Sha256 { get; init; }

    [JsonPropertyName("size")]
    public long? Size { get; init; }

    /// <summary>Its verdict, as the verdict store writes one.</summary>
    [JsonPropertyName("verdict")]
    public string? Verdict { get; init; }
}
