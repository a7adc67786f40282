using System.Globalization;
using System.Net;
using System.Text.Json;
using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Soak.Buckets;

/// <summary>An event as Amazon S3 sends it.</summary>
internal static class EventText
{
    public static string Of(ObjectEvent told) => JsonSerializer.Serialize(new
    {
        Records = new[]
        {
            new
            {
                eventSource = "aws:s3",
                eventName = "ObjectCreated:Put",
                eventTime = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
                s3 = new
                {
                    bucket = new { name = told.Bucket },
                    @object = new
                    {
                        key = WebUtility.UrlEncode(told.Key),
                        eTag = told.ETag,
                        versionId = told.VersionId,
                        sequencer = $"{told.Sequencer}",
                    },
                },
            },
        },
    });
}
