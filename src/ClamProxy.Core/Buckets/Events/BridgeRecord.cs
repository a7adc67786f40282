using System.Text.Json;

namespace ClamProxy.Core.Buckets.Events;

/// <summary>The detail of an event that came by EventBridge. Its key is not encoded.</summary>
internal static class BridgeRecord
{
    /// <returns>Null: it names no bucket or no key.</returns>
    public static ObjectEvent? Read(JsonElement message, JsonElement detail) =>
        detail.Member("bucket")?.Text("name") is not { Length: > 0 } bucket
        || detail.Member("object") is not { } content
        || content.Text("key") is not { Length: > 0 } key
            ? null
            : new(bucket, key)
            {
                ETag = content.ETag("etag"),
                VersionId = content.Version("version-id"),
                Size = content.Number("size"),
                Sequencer = ObjectSequencer.Parse(content.Text("sequencer")),
                At = message.Time("time"),
            };
}
