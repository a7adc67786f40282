using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Core.Buckets;

namespace ClamProxy.Soak.Buckets;

/// <summary>The three buckets of a flow, as their owner sees them: past the relay.</summary>
internal sealed class RaceBuckets(AmazonS3Client client, BucketAction action, Versioning versioning)
{
    private const string Report = ".report.json";

    private readonly string _name = $"{action}-{versioning}-{Guid.NewGuid():N}".ToLowerInvariant()[..24];

    public AmazonS3Client Client => client;

    public BucketAction Action => action;

    public Versioning Versioning => versioning;

    public string Untrusted => $"in-{_name}";

    public string Clean => $"clean-{_name}";

    public string Quarantine => $"bad-{_name}";

    public BucketFlowOptions Options => new()
    {
        Untrusted = $"s3://{Untrusted}",
        Clean = action == BucketAction.Tag ? "" : $"s3://{Clean}",
        Quarantine = action == BucketAction.Tag ? "" : $"s3://{Quarantine}",
        Action = action,
    };

    public async Task CreateAsync()
    {
        foreach (var bucket in (string[])[Untrusted, Clean, Quarantine])
        {
            await client.PutBucketAsync(bucket);
            if (versioning != Versioning.Off)
            {
                await VersionAsync(bucket, VersionStatus.Enabled);
            }

            if (versioning == Versioning.Suspended)
            {
                await VersionAsync(bucket, VersionStatus.Suspended);
            }
        }
    }

    public Task VersionAsync(string bucket, VersionStatus status) => client.PutBucketVersioningAsync(new PutBucketVersioningRequest
    {
        BucketName = bucket,
        VersioningConfig = new S3BucketVersioningConfig { Status = status },
    });

    /// <summary>Everything that the buckets hold under a key, and under keys that begin with it: but the reports.</summary>
    public async Task<IReadOnlyList<PlacedObject>> LookAsync(string key)
    {
        var found = new List<PlacedObject>();
        foreach (var bucket in (string[])[Untrusted, Clean, Quarantine])
        {
            foreach (var one in await VersionsAsync(bucket, key))
            {
                if (!one.Key.EndsWith(Report, StringComparison.Ordinal) && await ReadAsync(bucket, one) is { } read)
                {
                    found.Add(read);
                }
            }
        }

        return found;
    }

    public async Task<bool> HasReportAsync(PlacedObject one) =>
        (await VersionsAsync(one.Bucket, one.Key + Report)).Any(version => version.Key == one.Key + Report);

    /// <summary>Whether an upload in parts was begun and not ended.</summary>
    public async Task<bool> HasUploadAsync(string key)
    {
        foreach (var bucket in (string[])[Clean, Quarantine])
        {
            var uploads = await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket, Prefix = key });
            if (uploads.MultipartUploads is { Count: > 0 })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Removes what the buckets hold under a key: a server that keeps all contents of thousands of cells fills the disk.
    /// </summary>
    public async Task RemoveAsync(string key)
    {
        foreach (var bucket in (string[])[Untrusted, Clean, Quarantine])
        {
            foreach (var one in (await client.ListVersionsAsync(bucket, key)).Versions ?? [])
            {
                await client.DeleteObjectAsync(bucket, one.Key, versioning == Versioning.Off ? null : one.VersionId);
            }

            var uploads = await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket, Prefix = key });
            foreach (var one in uploads.MultipartUploads ?? [])
            {
                await client.AbortMultipartUploadAsync(
                    new AbortMultipartUploadRequest { BucketName = bucket, Key = one.Key, UploadId = one.UploadId });
            }
        }
    }

    private async Task<IEnumerable<S3ObjectVersion>> VersionsAsync(string bucket, string prefix) =>
        ((await client.ListVersionsAsync(bucket, prefix)).Versions ?? []).Where(one => one.IsDeleteMarker is not true);

    /// <returns>Null: it went away meanwhile.</returns>
    private async Task<PlacedObject?> ReadAsync(string bucket, S3ObjectVersion one)
    {
        var version = versioning == Versioning.Off ? null : one.VersionId;
        try
        {
            using var got = await client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = one.Key, VersionId = version });
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(got.ResponseStream));
            var tags = await client.GetObjectTaggingAsync(
                new GetObjectTaggingRequest { BucketName = bucket, Key = one.Key, VersionId = version });
            var status = tags.Tagging?.FirstOrDefault(tag => tag.Key == "scan-status")?.Value;
            return new PlacedObject(bucket, one.Key, version, one.IsLatest is true, hash, status);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
