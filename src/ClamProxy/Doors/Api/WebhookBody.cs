using System.Text.Json.Serialization;

namespace ClamProxy.Doors.Api;

/// <summary>What <c>POST /webhooks/subscribe</c> and <c>/webhooks/unsubscribe</c> take.</summary>
/// <param name="Url">Whom to tell.</param>
/// <param name="FileId">The job.</param>
internal sealed record WebhookBody(string? Url, [property: JsonPropertyName("file_id")] string? FileId);
