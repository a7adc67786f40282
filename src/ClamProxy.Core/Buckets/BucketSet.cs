using System.Collections.Concurrent;
using Amazon.S3;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets;

/// <summary>The buckets of all flows, at one store.</summary>
internal sealed class BucketSet(IAmazonS3 client, S3Options options, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, BucketObjects> _buckets = new(StringComparer.Ordinal);

    public BucketObjects Of(S3Place place) => _buckets.GetOrAdd(place.Bucket, name =>
    {
        var calls = new S3Calls(client, options, name, clock);
        return new(calls, new S3Parts(calls, options));
    });
}
