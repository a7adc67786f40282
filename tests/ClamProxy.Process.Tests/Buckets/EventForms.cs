using System.Net;
using System.Text.Json;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>How stores, and what stands between them and a queue, write that an object was created.</summary>
internal static class EventForms
{
    public static readonly IReadOnlyDictionary<string, Func<string, string, string?, string>> All =
        new Dictionary<string, Func<string, string, string?, string>>
        {
            ["Amazon 2.1"] = (bucket, key, version) => Amazon("2.1", bucket, key, version),
            ["Amazon 2.2"] = (bucket, key, version) => Amazon("2.2", bucket, key, version),
            ["Amazon 2.3"] = (bucket, key, version) => Amazon("2.3", bucket, key, version),
            ["Amazon 2.4"] = (bucket, key, version) => Amazon("2.4", bucket, key, version),
            ["Amazon 2.5"] = (bucket, key, version) => Amazon("2.5", bucket, key, version),
            ["Amazon 2.6"] = (bucket, key, version) => Amazon("2.6", bucket, key, version),
            ["SNS"] = (bucket, key, version) => Sns(Amazon("2.1", bucket, key, version)),
            ["EventBridge"] = Bridge,
            ["EventBridge by SNS"] = (bucket, key, version) => Sns(Bridge(bucket, key, version)),
            ["MinIO"] = MinIO,
            ["MinIO access"] = MinIOAccess,
            ["Ceph"] = Ceph,
            ["sent again"] = SentAgain,
        };

    public const string Test = """
        {"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-03-01T10:00:00.000Z","Bucket":"in","RequestId":"r","HostId":"h"}
        """;

    public static string Amazon(string eventVersion, string bucket, string key, string? version) => Records(new
    {
        eventVersion,
        eventSource = "aws:s3",
        awsRegion = "eu-west-3",
        eventTime = "2026-03-01T10:00:00.000Z",
        eventName = "ObjectCreated:Put",
        s3 = new
        {
            s3SchemaVersion = "1.0",
            bucket = new { name = bucket, arn = $"arn:aws:s3:::{bucket}" },
            @object = new { key = WebUtility.UrlEncode(key), size = 4, versionId = version, sequencer = "0055AED6DCD90281E5" },
        },
    });

    /// <summary>Several records, one of which is of a deletion.</summary>
    public static string Several(string bucket, params string[] keys) => JsonSerializer.Serialize(new
    {
        Records = keys.Select((key, number) => new
        {
            eventVersion = "2.1",
            eventSource = "aws:s3",
            eventName = number == 0 ? "ObjectRemoved:Delete" : "ObjectCreated:Put",
            s3 = new { bucket = new { name = bucket }, @object = new { key = WebUtility.UrlEncode(key) } },
        }),
    });

    private static string Sns(string message) => JsonSerializer.Serialize(new
    {
        Type = "Notification",
        MessageId = "m",
        TopicArn = "arn:aws:sns:eu-west-3:123456789012:t",
        Message = message,
    });

    private static string Bridge(string bucket, string key, string? version)
    {
        var content = new Dictionary<string, object?> { ["key"] = key, ["size"] = 4, ["sequencer"] = "0055AED6DCD90281E5" };
        if (version is not null)
        {
            content["version-id"] = version;
        }

        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["version"] = "0",
            ["detail-type"] = "Object Created",
            ["source"] = "aws.s3",
            ["time"] = "2026-03-01T10:00:00Z",
            ["detail"] = new Dictionary<string, object> { ["bucket"] = new { name = bucket }, ["object"] = content },
        });
    }

    private static object MinIORecord(string bucket, string key, string? version) => new
    {
        eventVersion = "2.0",
        eventSource = "minio:s3",
        eventTime = "2026-03-01T10:00:00.000Z",
        eventName = "s3:ObjectCreated:Put",
        s3 = new
        {
            bucket = new { name = bucket },
            @object = new
            {
                key = WebUtility.UrlEncode(key),
                size = 4,
                versionId = version ?? "",
                contentType = "text/plain",
                sequencer = "17D0D5B3C6A2E2B1",
            },
        },
        source = new { host = "", port = "", userAgent = "" },
    };

    private static string MinIO(string bucket, string key, string? version) => JsonSerializer.Serialize(new
    {
        EventName = "s3:ObjectCreated:Put",
        Key = $"{bucket}/{key}",
        Records = new[] { MinIORecord(bucket, key, version) },
    });

    private static string MinIOAccess(string bucket, string key, string? version) => JsonSerializer.Serialize(new[]
    {
        new { Event = new[] { MinIORecord(bucket, key, version) }, EventTime = "2026-03-01T10:00:00.000Z" },
    });

    /// <summary>The key is not encoded, and the size is a text.</summary>
    private static string Ceph(string bucket, string key, string? version) => Records(new
    {
        eventVersion = "2.2",
        eventSource = "ceph:s3",
        eventTime = "2026-03-01T10:00:00.000Z",
        eventName = "ObjectCreated:Put",
        s3 = new
        {
            bucket = new { name = bucket },
            @object = new { key, size = "4", versionId = version ?? "", sequencer = "F7E6D75DC742D108" },
        },
        eventId = "",
        opaqueData = "",
    });

    private static string SentAgain(string bucket, string key, string? version) => Records(new
    {
        eventName = "ObjectCreated:Put",
        s3 = new { bucket = new { name = bucket }, @object = new { key, size = 4, versionId = version } },
    });

    private static string Records(object record) => JsonSerializer.Serialize(new { Records = new[] { record } });
}
