using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Objects.S3;

/// <summary>
/// Objects that are made of parts, one part after the other: what is too large for one call. Until its last step the object is not there;
/// what fails before is aborted, and what a killed process left is by <see cref="SweepAsync"/>.
/// </summary>
internal sealed class S3Parts(S3Calls calls, S3Options options)
{
    /// <summary>What a browser never shows.</summary>
    public const string Type = "application/octet-stream";

    private const int MostParts = 10_000;

    /// <summary>No upload takes so long: a part of it fails first.</summary>
    private static readonly TimeSpan s_leftBehind = TimeSpan.FromDays(1);

    public bool IsTooLargeToPut(long length) => length > options.PartSize;

    public bool IsTooLargeToCopy(long length) => length > options.CopyPartSize;

    public Task PutAsync(string key, IContentReader content, S3Terms terms, CancellationToken cancellationToken) => MakeAsync(
        key,
        content.Length,
        options.PartSize,
        terms,
        (client, upload, part, any) => SendAsync(client, upload, part, content, any),
        cancellationToken);

    /// <summary>Has the store copy one version; what it copied is known only when the source is still that version afterwards.</summary>
    /// <param name="sourceBucket">The bucket of <paramref name="key"/>; <paramref name="newKey"/> is in this one.</param>
    public Task CopyAsync(
        string sourceBucket, string key, S3Version version, string newKey, S3Terms terms, CancellationToken cancellationToken) => MakeAsync(
        newKey,
        version.Length,
        options.CopyPartSize,
        terms,
        async (client, upload, part, any) => (await client.CopyPartAsync(
            new CopyPartRequest
            {
                SourceBucket = sourceBucket,
                SourceKey = key,
                SourceVersionId = version.Id,
                ETagToMatch = [version.Tag],
                DestinationBucket = calls.Bucket,
                DestinationKey = newKey,
                UploadId = upload.UploadId,
                PartNumber = part.Number,
                FirstByte = part.Start,
                LastByte = part.Start + part.Length - 1,
            },
            any).ConfigureAwait(false)).ETag,
        cancellationToken);

    /// <summary>Aborts uploads that processes that were killed have left: those of our keys only.</summary>
    public async Task SweepAsync(string prefix, CancellationToken cancellationToken)
    {
        await foreach (var upload in ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (ObjectKey.IdOf(upload.Key) is not null && calls.Clock.GetUtcNow() - S3Bucket.Utc(upload.Initiated) > s_leftBehind)
            {
                await AbortAsync(upload.Key, upload.UploadId, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async IAsyncEnumerable<MultipartUpload> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListMultipartUploadsResponse? page = null;
        do
        {
            var (key, id) = (page?.NextKeyMarker, page?.NextUploadIdMarker);
            page = await calls.RunAsync(
                "s3:ListBucketMultipartUploads",
                (client, any) => client.ListMultipartUploadsAsync(
                    new ListMultipartUploadsRequest
                    {
                        BucketName = calls.Bucket,
                        Prefix = prefix,
                        KeyMarker = key,
                        UploadIdMarker = id,
                    },
                    any),
                cancellationToken).ConfigureAwait(false);
            foreach (var upload in page.MultipartUploads ?? [])
            {
                yield return upload;
            }
        }
        while (page.IsTruncated is true);
    }

    private async Task MakeAsync(
        string key,
        long length,
        long partSize,
        S3Terms terms,
        Func<IAmazonS3, InitiateMultipartUploadResponse, S3Part, CancellationToken, Task<string>> make,
        CancellationToken cancellationToken)
    {
        var upload = await calls.RunAsync(
            terms.Right,
            (client, any) =>
            {
                var request = new InitiateMultipartUploadRequest { BucketName = calls.Bucket, Key = key, ContentType = Type };
                terms.Describe(request);
                return client.InitiateMultipartUploadAsync(request, any);
            },
            cancellationToken).ConfigureAwait(false);
        try
        {
            var made = new List<PartETag>();
            foreach (var part in Split(length, partSize))
            {
                var tag = await calls.RunAsync(
                    terms.Right, (client, any) => make(client, upload, part, any), cancellationToken).ConfigureAwait(false);
                made.Add(new PartETag(part.Number, tag));
            }

            await calls.RunAsync(
                terms.Right,
                (client, any) => client.CompleteMultipartUploadAsync(
                    new()
                    {
                        BucketName = calls.Bucket,
                        Key = key,
                        UploadId = upload.UploadId,
                        PartETags = made,
                        IfMatch = terms.Replaces,
                        IfNoneMatch = terms.IfNoneMatch,
                    },
                    any),
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbortOrLeaveAsync(key, upload.UploadId).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<string> SendAsync(
        IAmazonS3 client, InitiateMultipartUploadResponse upload, S3Part part, IContentReader content, CancellationToken cancellationToken)
    {
        using var body = new PartStream(content, part.Start, part.Length);
        var sent = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = calls.Bucket,
                Key = upload.Key,
                UploadId = upload.UploadId,
                PartNumber = part.Number,
                PartSize = part.Length,
                InputStream = body,
            },
            cancellationToken).ConfigureAwait(false);
        return sent.ETag;
    }

    /// <summary>Parts of one size, larger than asked for where there would be too many.</summary>
    internal static IEnumerable<S3Part> Split(long length, long size)
    {
        size = Math.Max(size, (length + MostParts - 1) / MostParts);
        var number = 1;
        for (long start = 0; start < length; start += size)
        {
            yield return new S3Part(number++, start, Math.Min(size, length - start));
        }
    }

    /// <summary>Whoever made it may be gone; what cannot be aborted now, the sweep aborts.</summary>
    private async Task AbortOrLeaveAsync(string key, string id)
    {
        try
        {
            await AbortAsync(key, id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (S3Exception)
        {
            // The failure that led here is the one to tell.
        }
    }

    private async Task AbortAsync(string key, string id, CancellationToken cancellationToken)
    {
        try
        {
            await calls.RunAsync(
                "s3:AbortMultipartUpload",
                (client, any) => client.AbortMultipartUploadAsync(new() { BucketName = calls.Bucket, Key = key, UploadId = id }, any),
                cancellationToken).ConfigureAwait(false);
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Missing)
        {
            // Aborted or completed already.
        }
    }
}
