using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Core.Objects.S3;
using S3Bucket = ClamProxy.Core.Objects.S3.S3Bucket;

namespace ClamProxy.Core.Buckets;

/// <summary>What a flow does with objects of one bucket beyond what jobs need: their fields, tags and versions.</summary>
internal sealed class BucketObjects(S3Calls calls, S3Parts parts)
{
    private static readonly S3Terms s_another = new() { Replaces = "\"00000000000000000000000000000000\"" };

    private const string PutRights = "s3:PutObject or s3:PutObjectTagging";

    private readonly S3Bucket _bucket = new(calls);

    public string Name => calls.Bucket;

    /// <summary>The version that is named, else the current one; null: there is none.</summary>
    public async Task<ObjectState?> FindAsync(string key, string? versionId, CancellationToken cancellationToken) =>
        await _bucket.HeadAsync(key, versionId, cancellationToken).ConfigureAwait(false) is { } head
            ? new(key, S3Bucket.VersionOf(head), head)
            : null;

    /// <exception cref="S3Exception">The bucket is not there, or may not be listed.</exception>
    public Task AskAsync(string prefix, CancellationToken cancellationToken) => _bucket.AskAsync(prefix, cancellationToken);

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in _bucket.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            yield return one.Key;
        }
    }

    private async Task<bool> HasVersionsAsync(CancellationToken cancellationToken) =>
        await VersioningAsync(cancellationToken).ConfigureAwait(false) == VersionStatus.Enabled;

    /// <summary>Whether versions were never kept here, as far as the store tells.</summary>
    public async Task<bool> IsWithoutVersionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var status = await VersioningAsync(cancellationToken).ConfigureAwait(false);
            return status is null || status == VersionStatus.Off;
        }
        catch (S3Exception)
        {
            return false;
        }
    }

    private async Task<VersionStatus?> VersioningAsync(CancellationToken cancellationToken)
    {
        var answer = await calls.RunAsync(
            "s3:GetBucketVersioning",
            (client, any) => client.GetBucketVersioningAsync(new GetBucketVersioningRequest { BucketName = Name }, any),
            cancellationToken).ConfigureAwait(false);
        return answer.VersioningConfig?.Status;
    }

    /// <summary>Tries them with an object that is put for that, and deleted.</summary>
    public async Task<StoreConditions> TryConditionsAsync(string key, CancellationToken cancellationToken)
    {
        await PutTextAsync(key, [], S3Parts.Type, S3Terms.None, cancellationToken).ConfigureAwait(false);
        try
        {
            var isNew = S3Terms.None with { IsNew = true };
            using var content = new BytesContent(0);
            var onPuts =
                await IsRefusedAsync(() => PutTextAsync(key, [], S3Parts.Type, isNew, cancellationToken)).ConfigureAwait(false)
                && await IsRefusedAsync(() => PutTextAsync(key, [], S3Parts.Type, s_another, cancellationToken)).ConfigureAwait(false)
                && await IsRefusedAsync(() => parts.PutAsync(key, content, isNew, cancellationToken)).ConfigureAwait(false);
            var onCopies =
                onPuts && await IsRefusedAsync(() => CopyOntoItselfAsync(key, isNew, cancellationToken)).ConfigureAwait(false);
            var onDeletions = await HasVersionsAsync(cancellationToken).ConfigureAwait(false)
                || await IsRefusedAsync(() => DeleteIfAsync(key, s_another.Replaces, cancellationToken)).ConfigureAwait(false);
            return new(onPuts, onCopies, onDeletions, OnNewKeys: false);
        }
        finally
        {
            await _bucket.DeleteAllAsync(key, cancellationToken).ConfigureAwait(false);
        }
    }

    public S3Body Open(ObjectState state) => _bucket.Open(state.Key, state.Version, 0, state.Version.Length);

    /// <summary>
    /// Deletes this version and no other. Where a store ignores the condition, what is looked up first is what is deleted.
    /// </summary>
    /// <param name="isProven">Whether this bucket looks at conditions of deletions: then nothing is looked up.</param>
    /// <exception cref="S3Exception"><see cref="S3Fault.Changed"/>: the key has another version by now.</exception>
    public async Task DeleteAsync(ObjectState state, bool isProven, CancellationToken cancellationToken)
    {
        // The version "null" may be in a bucket whose other objects have ids, by which the proof went.
        var isSafe = state.HasOwnVersion || (isProven && state.Version.Id is null);
        if (!isSafe && !await IsStillAsync(state, cancellationToken).ConfigureAwait(false))
        {
            throw new S3Exception(S3Fault.Changed, S3Version.IsAnother);
        }

        // The version "null" is whatever was put last: no id, but a condition.
        await _bucket.DeleteAsync(
            state.Key, state.HasOwnVersion ? state.Version : state.Version with { Id = null }, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>Null: the object is not there any more.</returns>
    public async Task<IReadOnlyList<Tag>?> TagsAsync(ObjectState state, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await calls.RunAsync(
                S3Rights.GetTags(state.Version.Id),
                (client, any) => client.GetObjectTaggingAsync(
                    new GetObjectTaggingRequest { BucketName = Name, Key = state.Key, VersionId = state.Version.Id }, any),
                cancellationToken).ConfigureAwait(false);
            return answer.Tagging ?? [];
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Missing)
        {
            return null;
        }
    }

    /// <summary>Tags the object where it is.</summary>
    /// <returns>False: it was replaced meanwhile, and what is there now has none of our tags.</returns>
    public async Task<bool> MarkAsync(ObjectState state, IReadOnlyList<Tag> tags, CancellationToken cancellationToken)
    {
        if (!state.HasOwnVersion && await StateNowAsync(state, cancellationToken).ConfigureAwait(false) is var now
            && now?.Version != state.Version)
        {
            return false;
        }

        await TagAsync(state, tags, cancellationToken).ConfigureAwait(false);
        if (state.HasOwnVersion || await IsStillAsync(state, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        if (await StateNowAsync(state, cancellationToken).ConfigureAwait(false) is { } other)
        {
            await TagAsync(other, ScanTags.Without(tags), cancellationToken).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>
    /// Puts the bytes that were scanned, with the fields and metadata of the object that they came from. They are sent from here, not
    /// copied there: no store can put others in their place.
    /// </summary>
    /// <param name="there">What the key has now, and may be replaced; null: nothing.</param>
    /// <exception cref="S3Exception"><see cref="S3Fault.Changed"/>: the key has something else by now.</exception>
    public Task PutAsync(string key, ScannedObject scanned, ObjectState? there, CancellationToken cancellationToken) => WithTermsAsync(
        TermsOf(scanned, PutRights), there, terms => SendAsync(key, scanned, terms, cancellationToken), cancellationToken);

    /// <summary>Puts what was scanned under a key that has nothing.</summary>
    /// <returns>False: it has something, or the store knows no such condition; nothing was put.</returns>
    public async Task<bool> TryPutNewAsync(string key, ScannedObject scanned, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(key, scanned, TermsOf(scanned, PutRights) with { IsNew = true }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (S3Exception e) when (e.Fault is S3Fault.Changed or S3Fault.Unknown)
        {
            return false;
        }
    }

    private async Task SendAsync(string key, ScannedObject scanned, S3Terms terms, CancellationToken cancellationToken)
    {
        using var reader = scanned.File!.OpenReader();
        if (parts.IsTooLargeToPut(reader.Length))
        {
            await parts.PutAsync(key, reader, terms, cancellationToken).ConfigureAwait(false);
            await TagPartsAsync(key, scanned, cancellationToken).ConfigureAwait(false);
            return;
        }

        await calls.RunAsync(
            terms.Right,
            async (client, any) =>
            {
                using var body = new PartStream(reader, 0, reader.Length);
                var request = new PutObjectRequest
                {
                    BucketName = Name,
                    Key = key,
                    InputStream = body,
                    AutoCloseStream = false,
                    IfMatch = terms.Replaces,
                    IfNoneMatch = terms.IfNoneMatch,
                };
                new ObjectDescription(scanned).Of(request);
                return await client.PutObjectAsync(request, any).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has the store copy what nobody scanned, into quarantine: whatever it copies may be there.</summary>
    /// <inheritdoc cref="PutAsync"/>
    public Task CopyAsync(
        BucketObjects source, string key, ScannedObject scanned, ObjectState? there, CancellationToken cancellationToken) =>
        WithTermsAsync(TermsOf(scanned, source.ReadRight(scanned.State) + $", or {PutRights}"), there, async terms =>
        {
            var state = scanned.State;
            if (parts.IsTooLargeToCopy(state.Version.Length))
            {
                await parts.CopyAsync(source.Name, state.Key, state.Version, key, terms, cancellationToken).ConfigureAwait(false);
                await TagPartsAsync(key, scanned, cancellationToken).ConfigureAwait(false);
                return;
            }

            await calls.RunAsync(
                terms.Right,
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
                        TaggingDirective = TaggingDirective.REPLACE,
                        IfMatch = terms.Replaces,
                        IfNoneMatch = terms.IfNoneMatch,
                    };
                    new ObjectDescription(scanned).Of(request);
                    return client.CopyObjectAsync(request, any);
                },
                cancellationToken).ConfigureAwait(false);
        }, cancellationToken);

    /// <inheritdoc cref="PutAsync"/>
    public Task PutReportAsync(string key, byte[] report, ObjectState? there, CancellationToken cancellationToken) =>
        WithTermsAsync(
            S3Terms.None, there, terms => PutTextAsync(key, report, ObjectReport.Type, terms, cancellationToken), cancellationToken);

    private Task<PutObjectResponse> PutTextAsync(
        string key, byte[] text, string type, S3Terms terms, CancellationToken cancellationToken) => calls.RunAsync(
        "s3:PutObject",
        async (client, any) =>
        {
            using var body = new MemoryStream(text);
            var request = new PutObjectRequest
            {
                BucketName = Name,
                Key = key,
                InputStream = body,
                ContentType = type,
                IfMatch = terms.Replaces,
                IfNoneMatch = terms.IfNoneMatch,
            };
            return await client.PutObjectAsync(request, any).ConfigureAwait(false);
        },
        cancellationToken);

    private Task<CopyObjectResponse> CopyOntoItselfAsync(string key, S3Terms terms, CancellationToken cancellationToken) => calls.RunAsync(
        PutRights,
        (client, any) => client.CopyObjectAsync(
            new CopyObjectRequest
            {
                SourceBucket = Name,
                SourceKey = key,
                DestinationBucket = Name,
                DestinationKey = key,
                MetadataDirective = S3MetadataDirective.REPLACE,
                IfNoneMatch = terms.IfNoneMatch,
            },
            any),
        cancellationToken);

    private Task<DeleteObjectResponse> DeleteIfAsync(string key, string? tag, CancellationToken cancellationToken) => calls.RunAsync(
        "s3:DeleteObject",
        (client, any) => client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = Name, Key = key, IfMatch = tag }, any),
        cancellationToken);

    /// <summary>Whether the key still has these bytes.</summary>
    public async Task<bool> IsStillAsync(ObjectState state, CancellationToken cancellationToken) =>
        (await StateNowAsync(state, cancellationToken).ConfigureAwait(false))?.Version.HasBytesOf(state.Version) is true;

    private Task<ObjectState?> StateNowAsync(ObjectState state, CancellationToken cancellationToken) =>
        FindAsync(state.Key, state.Version.Id, cancellationToken);

    /// <summary>Some versions of Ceph take no tags for an object of parts: it gets them when it is there.</summary>
    private async Task TagPartsAsync(string key, ScannedObject scanned, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, null, cancellationToken).ConfigureAwait(false) is { } placed
            && placed.Identity == scanned.Identity
            && await TagsAsync(placed, cancellationToken).ConfigureAwait(false) is { } tags
            && !tags.Any(tag => tag.Key == ScanTags.Status))
        {
            await MarkAsync(placed, scanned.Tags, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<PutObjectTaggingResponse> TagAsync(
        ObjectState state, IReadOnlyList<Tag> tags, CancellationToken cancellationToken) => calls.RunAsync(
        S3Rights.PutTags(state.Version.Id),
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

    private string ReadRight(ObjectState state) => $"{S3Rights.Get(state.Version.Id)} in bucket {Name}";

    private static S3Terms TermsOf(ScannedObject scanned, string right) =>
        new() { Describe = new ObjectDescription(scanned).Of, Right = right };

    private async Task WithTermsAsync(S3Terms plain, ObjectState? there, Func<S3Terms, Task> put, CancellationToken cancellationToken)
    {
        try
        {
            await put(there is null ? plain with { IsNew = true } : plain with { Replaces = there.Version.Tag }).ConfigureAwait(false);
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Unknown)
        {
            // The store knows no such condition.
            await put(plain).ConfigureAwait(false);
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Changed && there is not null)
        {
            if (!await IsStillLastAsync(there, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }

            await ReplaceAtCephAsync(plain, there, put, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Ceph compares what is sent with an ETag that has no quotes; where versions are kept, with that of the version that is to be made,
    /// which has none. There nothing is overwritten, whatever is put.
    /// </summary>
    private async Task ReplaceAtCephAsync(
        S3Terms plain, ObjectState there, Func<S3Terms, Task> put, CancellationToken cancellationToken)
    {
        try
        {
            await put(plain with { Replaces = there.Version.Tag.Trim('"') }).ConfigureAwait(false);
        }
        catch (S3Exception e) when (e.Fault == S3Fault.Changed && there.HasOwnVersion)
        {
            if (!await IsStillLastAsync(there, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }

            await put(plain).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsStillLastAsync(ObjectState state, CancellationToken cancellationToken) =>
        (await FindAsync(state.Key, null, cancellationToken).ConfigureAwait(false))?.Version.HasBytesOf(state.Version) is true;

    /// <summary>Whether a call fails by its condition.</summary>
    private static async Task<bool> IsRefusedAsync(Func<Task> call)
    {
        try
        {
            await call().ConfigureAwait(false);
            return false;
        }
        catch (S3Exception e) when (e.Fault is S3Fault.Changed or S3Fault.Missing or S3Fault.Unknown)
        {
            return e.Fault != S3Fault.Unknown;
        }
    }
}
