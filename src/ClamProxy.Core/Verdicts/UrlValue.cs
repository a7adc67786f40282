using System.Text.Json.Serialization;

namespace ClamProxy.Core.Verdicts;

/// <summary>A target's record as JSON. Every property may be missing here: <see cref="VerdictFormat"/> judges.</summary>
internal sealed class UrlValue
{
    [JsonPropertyName("sha256")]
    public string? Sha256 { get; init; }

    [JsonPropertyName("size")]
    public long? Size { get; init; }

    [JsonPropertyName("etag")]
    public string? ETag { get; init; }

    [JsonPropertyName("lastModified")]
    public string? LastModified { get; init; }

    [JsonPropertyName("vary")]
    public string? Vary { get; init; }

    [JsonPropertyName("verdict")]
    public string? Verdict { get; init; }
}
