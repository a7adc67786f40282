using System.Collections.Concurrent;
using Amazon.S3;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets;

/// <summary>The buckets of all flows, at one store.</summary>
internal sealed class BucketSet(IAmazonS3 client, S3Options options, TimeProvider clock) : IDisposable
{
    // A flow without Untrusted takes the buckets that events name: these are not kept without bound.
    private const int MostKept = 1000;
    private readonly ConcurrentDictionary<string, BucketObjects> _buckets = new(StringComparer.Ordinal);

    public BucketObjects Of(string name) =>
        _buckets.TryGetValue(name, out var kept) ? kept
        : _buckets.Count < MostKept ? _buckets.GetOrAdd(name, Open)
        : Open(name);

    public void Dispose() => client.Dispose();

    private BucketObjects Open(string name)
    {
        var calls = new S3Calls(client, options, name, clock);
        return new(calls, new S3Parts(calls, options));
    }
}
