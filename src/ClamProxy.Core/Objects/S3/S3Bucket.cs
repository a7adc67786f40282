using System.Runtime.CompilerServices;
using Amazon.S3.Model;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Objects.S3;

/// <summary>What is done with the objects of one bucket, one step each. Keys are whole ones.</summary>
internal sealed class S3Bucket(S3Calls calls)
{
    /// <summary>A key may have had so many versions that each is deleted by itself.</summary>
    private const int MostVersions = 1000;

    /// <returns>Null: there is no such object.</returns>
    public async Task<S3Version?> FindAsync(string key, CancellationToken cancellationToken) =>
        await HeadAsync(key, null, cancellationToken).ConfigureAwait(false) is { } head ? VersionOf(head) : null;

    /// <summary>What is said of the version that is named, else of the current one.</summary>
    /// <returns>Null: there is none.</returns>
    public async Task<GetObjectMetadataResponse?> HeadAsync(string key, string? versionId, CancellationToken cancellationToken)
    {
        try
        {
            // Who may not list a bucket is not told that it has no such object.
            return await calls.RunAsync(
                $"{S3Rights.Get(versionId)} or s3:ListBucket",
                (client, any) => client.GetObjectMetadataAsync(
                    new GetObjectMetadataRequest { BucketName = calls.Bucket, Key = key, VersionId = versionId }, any),
                cancellationToken).ConfigureAwait(false);
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Missing)
        {
            return null;
        }
    }

    /// <summary>A part of one version's bytes.</summary>
    public S3Body Open(string key, S3Version version, long from, long end) => new(calls, key, version, from, end);

    public Task PutAsync(string key, IContentReader content, CancellationToken cancellationToken) => calls.RunAsync(
        "s3:PutObject",
        async (client, any) =>
        {
            using var body = new PartStream(content, 0, content.Length);
            return await client.PutObjectAsync(
                new() { BucketName = calls.Bucket, Key = key, InputStream = body, AutoCloseStream = false, ContentType = S3Parts.Type },
                any).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Has the store copy one version; what it copied is known only when the source is still that version afterwards.</summary>
    public Task CopyAsync(string key, S3Version version, string newKey, CancellationToken cancellationToken) => calls.RunAsync(
        "s3:PutObject",
        (client, any) => client.CopyObjectAsync(
            new()
            {
                SourceBucket = calls.Bucket,
                SourceKey = key,
                SourceVersionId = version.Id,
                ETagToMatch = version.Tag,
                DestinationBucket = calls.Bucket,
                DestinationKey = newKey,
            },
            any),
        cancellationToken);

    /// <summary>
    /// Deletes one version, and no other: by its id where the bucket has versions, else on the condition that it is there.
    /// </summary>
    /// <exception cref="S3Exception"><see cref="S3Fault.Changed"/>: the key has another version by now.</exception>
    public async Task DeleteAsync(string key, S3Version version, CancellationToken cancellationToken)
    {
        try
        {
            await DeleteAsync(key, version, isConditional: version.Id is null, cancellationToken).ConfigureAwait(false);
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Unknown)
        {
            if (await FindAsync(key, cancellationToken).ConfigureAwait(false) is { } current && current != version)
            {
                throw new S3Exception(S3Fault.Changed, S3Version.IsAnother);
            }

            await DeleteAsync(key, version, isConditional: false, cancellationToken).ConfigureAwait(false);
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Missing)
        {
            // Gone already.
        }
    }

    /// <summary>Deletes what a key has: in a bucket with versions each of them, so that nothing of it can be read any more.</summary>
    public async Task DeleteAllAsync(string key, CancellationToken cancellationToken)
    {
        for (var deleted = 0; deleted < MostVersions; deleted++)
        {
            if (await FindAsync(key, cancellationToken).ConfigureAwait(false) is not { } version)
            {
                return;
            }

            await DeleteAsync(key, version, isConditional: false, cancellationToken).ConfigureAwait(false);
            if (version.Id is null)
            {
                return;
            }
        }
    }

    public async IAsyncEnumerable<S3Object> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var from = next;
            var page = await calls.RunAsync(
                "s3:ListBucket",
                (client, any) => client.ListObjectsV2Async(
                    new() { BucketName = calls.Bucket, Prefix = prefix, ContinuationToken = from }, any),
                cancellationToken).ConfigureAwait(false);
            foreach (var one in page.S3Objects ?? [])
            {
                yield return one;
            }

            next = page.IsTruncated is true ? page.NextContinuationToken : null;
        }
        while (next is not null);
    }

    /// <summary>Asks whether the bucket is there and may be read.</summary>
    public Task AskAsync(string prefix, CancellationToken cancellationToken) => calls.RunAsync(
        "s3:ListBucket",
        (client, any) => client.ListObjectsV2Async(new() { BucketName = calls.Bucket, Prefix = prefix, MaxKeys = 1 }, any),
        cancellationToken);

    internal static S3Version VersionOf(GetObjectMetadataResponse head) => new(
        head.ETag, string.IsNullOrEmpty(head.VersionId) ? null : head.VersionId, head.ContentLength, Utc(head.LastModified));

    internal static DateTimeOffset Utc(DateTime? time) =>
        time is { } at ? new DateTimeOffset(at.ToUniversalTime()) : DateTimeOffset.UnixEpoch;

    private Task<DeleteObjectResponse> DeleteAsync(
        string key, S3Version version, bool isConditional, CancellationToken cancellationToken) => calls.RunAsync(
        S3Rights.Delete(version.Id),
        (client, any) => client.DeleteObjectAsync(
            new DeleteObjectRequest
            {
                BucketName = calls.Bucket,
                Key = key,
                VersionId = version.Id,
                IfMatch = isConditional ? version.Tag : null,
            },
            any),
        cancellationToken);
}
