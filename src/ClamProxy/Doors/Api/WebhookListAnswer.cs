using System.Text.Json.Serialization;

namespace ClamProxy.Doors.Api;

/// <summary>What <c>GET /webhooks/{id}</c> answers.</summary>
/// <param name="FileId">The job.</param>
/// <param name="Webhooks">URLs that are still to be told, without their queries.</param>
/// <param name="Callbacks">All of the job, those that are over included.</param>
internal sealed record WebhookListAnswer(
    [property: JsonPropertyName("file_id")] string FileId, IReadOnlyList<string> Webhooks, IReadOnlyList<WebhookState> Callbacks);
