using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ClamProxy.Core.Events;

/// <summary>The structured JSON form of CloudEvents 1.0 (cloudevents/spec v1.0.2, json-format.md).</summary>
/// <param name="Id">Unique within its source.</param>
/// <param name="Source">Which ClamProxy it comes from.</param>
/// <param name="Type">What has happened.</param>
/// <param name="Subject">To what; null: nothing in particular.</param>
/// <param name="Time">When.</param>
/// <param name="Data">The details.</param>
internal sealed record CloudEvent(string Id, string Source, string Type, string? Subject, DateTimeOffset Time, JsonElement Data)
{
    public const string MediaType = "application/cloudevents+json";

    [JsonPropertyName("specversion")]
    public string SpecVersion => "1.0";

    [JsonPropertyName("datacontenttype")]
    public string DataContentType => "application/json";

    /// <summary>Makes what is kept and sent.</summary>
    public static OutgoingEvent Make<T>(
        string id, EventKind kind, string source, string? subject, DateTimeOffset time, T data, JsonTypeInfo<T> type, DateTimeOffset now) =>
        new(id, kind, now, JsonSerializer.SerializeToUtf8Bytes(
            new CloudEvent(
                id,
                source,
                kind.Type(),
                string.IsNullOrEmpty(subject) ? null : subject,
                time.ToUniversalTime(),
                JsonSerializer.SerializeToElement(data, type)),
            EventJson.Default.CloudEvent));

    /// <summary>An id of its own, later ones behind earlier ones.</summary>
    public static string NewId(DateTimeOffset now) => $"evt_{Guid.CreateVersion7(now):N}";
}
