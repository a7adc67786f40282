using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Core.Files;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets;

/// <summary>What a flow does with objects of one bucket beyond what jobs need: their fields, tags and versions.</summary>
internal sealed class BucketObjects(S3Calls calls, S3Parts parts)
{
    private readonly S3Bucket _bucket = new(calls);

    public string Name => calls.Bucket;

    /// <summary>The version that is named, else the current one; null: there is none.</summary>
    public async Task<ObjectState?> FindAsync(string key, string? versionId, CancellationToken cancellationToken)
    {
        try
        {
            var head = await calls.RunAsync(
                "s3:GetObject",
                (client, any) => client.GetObjectMetadataAsync(
                    new GetObjectMetadataRequest { BucketName = Name, Key = key, VersionId = versionId }, any),
                cancellationToken).ConfigureAwait(false);
            return new(key, new(head.ETag, VersionOf(head.VersionId), head.ContentLength, S3Bucket.Utc(head.LastModified)), head);
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Missing)
        {
            return null;
        }
    }

    public S3Body Open(ObjectState state) => _bucket.Open(state.Key, state.Version, 0, state.Version.Length);

    public Task DeleteAsync(ObjectState state, CancellationToken cancellationToken) =>
        _bucket.DeleteAsync(state.Key, state.Version, cancellationToken);

    public async Task<IReadOnlyList<Tag>> TagsAsync(ObjectState state, CancellationToken cancellationToken)
    {
        var answer = await calls.RunAsync(
            "s3:GetObjectTagging",
            (client, any) => client.GetObjectTaggingAsync(
                new GetObjectTaggingRequest { BucketName = Name, Key = state.Key, VersionId = state.Version.Id }, any),
            cancellationToken).ConfigureAwait(false);
        return answer.Tagging ?? [];
    }

    public Task TagAsync(ObjectState state, IReadOnlyList<Tag> tags, CancellationToken cancellationToken) => calls.RunAsync(
        "s3:PutObjectTagging",
        (client, any) => client.PutObjectTaggingAsync(
            new PutObjectTaggingRequest
            {
                BucketName = Name,
                Key = state.Key,
                VersionId = state.Version.Id,
                Tagging = new Tagging { TagSet = [.. tags] },
            },
            any),
        cancellationToken);

    /// <summary>
    /// Puts the bytes that were scanned, with the fields and metadata of the object that they came from. They are sent from here, not
    /// copied there: no store can put others in their place.
    /// </summary>
    public Task PutAsync(string key, ScannedObject scanned, CancellationToken cancellationToken)
    {
        var description = new ObjectDescription(scanned);
        var content = scanned.File!;
        return parts.IsTooLargeToPut(content.Length)
            ? parts.PutAsync(key, content, description.Of, cancellationToken)
            : calls.RunAsync(
                "s3:PutObject",
                async (client, any) =>
                {
                    using var reader = content.OpenReader();
                    using var body = new PartStream(reader, 0, content.Length);
                    var request = new PutObjectRequest { BucketName = Name, Key = key, InputStream = body, AutoCloseStream = false };
                    description.Of(request);
                    return await client.PutObjectAsync(request, any).ConfigureAwait(false);
                },
                cancellationToken);
    }

    /// <summary>
    /// Has the store copy what nobody scanned, into quarantine: whatever it copies may be there.
    /// </summary>
    public Task CopyAsync(BucketObjects source, string key, ScannedObject scanned, CancellationToken cancellationToken)
    {
        var (state, description) = (scanned.State, new ObjectDescription(scanned));
        return parts.IsTooLargeToCopy(state.Version.Length)
            ? parts.CopyAsync(source.Name, state.Key, state.Version, key, description.Of, cancellationToken)
            : calls.RunAsync(
                "s3:PutObject",
                (client, any) =>
                {
                    var request = new CopyObjectRequest
                    {
                        SourceBucket = source.Name,
                        SourceKey = state.Key,
                        SourceVersionId = state.Version.Id,
                        ETagToMatch = state.Version.Tag,
                        DestinationBucket = Name,
                        DestinationKey = key,
                        MetadataDirective = S3MetadataDirective.REPLACE,
                    };
                    description.Of(request);
                    return client.CopyObjectAsync(request, any);
                },
                cancellationToken);
    }

    public Task PutTextAsync(string key, byte[] text, string type, CancellationToken cancellationToken) => calls.RunAsync(
        "s3:PutObject",
        async (client, any) =>
        {
            using var body = new MemoryStream(text);
            return await client.PutObjectAsync(
                new PutObjectRequest { BucketName = Name, Key = key, InputStream = body, ContentType = type }, any).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>A bucket that has had no versions yet calls the one it has "null".</summary>
    private static string? VersionOf(string? id) => string.IsNullOrEmpty(id) ? null : id;
}
