using System.Text.Json.Serialization;

namespace ClamProxy.Core.Verdicts;

/// <summary>A content's record as JSON. Every property may be missing here: <see cref="VerdictFormat"/> judges.</summary>
internal sealed class ContentValue
{
    [JsonPropertyName("sha256")]
    public string? Sha256 { get; init; }

    [JsonPropertyName("verdict")]
    public string? Verdict { get; init; }

    [JsonPropertyName("signature")]
    public string? Signature { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>True or nothing.</summary>
    [JsonPropertyName("ambiguous")]
    public bool? IsAlsoAmbiguous { get; init; }

    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    [JsonPropertyName("engine")]
    public string? Engine { get; init; }

    [JsonPropertyName("database")]
    public int? Database { get; init; }

    [JsonPropertyName("databaseDate")]
    public DateTimeOffset? DatabaseDate { get; init; }

    [JsonPropertyName("scannedAt")]
    public DateTimeOffset? ScannedAt { get; init; }
}
