using System.Net;
using System.Text.Json;

namespace ClamProxy.Core.Buckets.Events;

/// <summary>One of <c>Records</c>, as Amazon S3, MinIO and Ceph write it.</summary>
internal static class StoreRecord
{
    private const string Created = "ObjectCreated:";

    // MinIO and Ceph put it before the name.
    private const string Prefix = "s3:";

    public static bool IsCreation(string eventName) =>
        (eventName.StartsWith(Prefix, StringComparison.Ordinal) ? eventName[Prefix.Length..] : eventName)
        .StartsWith(Created, StringComparison.Ordinal);

    /// <returns>Null: it names no bucket or no key.</returns>
    public static ObjectEvent? Read(JsonElement record)
    {
        if (record.Member("s3") is not { } s3
            || s3.Member("bucket")?.Text("name") is not { Length: > 0 } bucket
            || s3.Member("object") is not { } content
            || content.Text("key") is not { Length: > 0 } key)
        {
            return null;
        }

        return new(bucket, IsEncoded(record) ? WebUtility.UrlDecode(key) : key)
        {
            ETag = content.ETag("eTag"),
            VersionId = content.Version("versionId"),
            Size = content.Number("size"),
            Sequencer = ObjectSequencer.Parse(content.Text("sequencer")),
            At = record.Time("eventTime"),
        };
    }

    /// <summary>
    /// Keys are form-encoded (a plus is a space) by Amazon and MinIO. A record without a source was written by a program that sends an
    /// event again, and has the key as it is.
    /// </summary>
    private static bool IsEncoded(JsonElement record) => record.Text("eventSource") is "aws:s3" or "minio:s3";
}
