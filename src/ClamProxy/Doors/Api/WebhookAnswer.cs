using System.Text.Json.Serialization;

namespace ClamProxy.Doors.Api;

/// <summary>What <c>POST /webhooks/subscribe</c> and <c>/webhooks/unsubscribe</c> answer.</summary>
/// <param name="Status">subscribed or unsubscribed.</param>
/// <param name="FileId">The job.</param>
/// <param name="Url">Whom to tell, as it was sent.</param>
internal sealed record WebhookAnswer(string Status, [property: JsonPropertyName("file_id")] string FileId, string Url);
