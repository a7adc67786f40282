using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Intake;

namespace ClamProxy.Core.Objects.S3;

/// <summary>
/// Contents as objects of a bucket, to which others may have access too: what is scanned, moved and delivered is one version, whose bytes
/// were hashed (docs/decisions/0051).
/// </summary>
internal sealed class S3Objects(S3Bucket bucket, S3Parts parts, S3Place place, S3Check check, S3Intake intake) : IObjectStore
{
    private const int MostProven = 10_000;
    private const int BufferBytes = 128 << 10;

    private readonly ProvenVersions _proven = new(MostProven);

    public string Name => place.Bucket;

    public string? Problem => check.Problem;

    public Task<Failure?> PutAsync(string key, IContentReader content, CancellationToken cancellationToken) => DoAsync(async () =>
    {
        await (parts.IsTooLargeToPut(content.Length)
            ? parts.PutAsync(place.KeyOf(key), content, S3Terms.None, cancellationToken)
            : bucket.PutAsync(place.KeyOf(key), content, cancellationToken)).ConfigureAwait(false);
        return null;
    });

    public Task<ObjectContent> GetAsync(string key, WaitingClients clients, CancellationToken cancellationToken) =>
        BringAsync(key, (whole, version) => SpoolAsync(whole, version, clients, cancellationToken), cancellationToken);

    public Task<ObjectContent> OpenAsync(string key, WaitingClients clients, CancellationToken cancellationToken) => BringAsync(
        key,
        async (whole, version) => _proven.Find(whole, version) is { } sha256
            ? new ObjectContent.Here(new S3Content(bucket, whole, version, sha256))
            : await SpoolAsync(whole, version, clients, cancellationToken).ConfigureAwait(false),
        cancellationToken);

    /// <summary>
    /// A copy, then a deletion: killed in between, both are there, and moving it again makes the same copy again. Neither is done with
    /// another version than the one whose hash is known; stores that ignore such conditions are asked before and after.
    /// </summary>
    public Task<Failure?> MoveAsync(string key, string newKey, string? sha256, CancellationToken cancellationToken) => DoAsync(async () =>
    {
        var (from, to) = (place.KeyOf(key), place.KeyOf(newKey));
        if (from == to || await bucket.FindAsync(from, cancellationToken).ConfigureAwait(false) is not { } version)
        {
            return null;
        }

        if (sha256 is not null && await HashAsync(from, version, cancellationToken).ConfigureAwait(false) != sha256)
        {
            return Changed();
        }

        if (await CopyAsync(from, version, to, cancellationToken).ConfigureAwait(false) is not { } copy)
        {
            return Changed();
        }

        await bucket.DeleteAsync(from, version, cancellationToken).ConfigureAwait(false);
        if (sha256 is not null)
        {
            _proven.Note(to, copy, sha256);
        }

        return null;
    });

    public Task<Failure?> DeleteAsync(string key, CancellationToken cancellationToken) => DoAsync(async () =>
    {
        await bucket.DeleteAllAsync(place.KeyOf(key), cancellationToken).ConfigureAwait(false);
        return null;
    });

    public async IAsyncEnumerable<ObjectEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in bucket.ListAsync(place.Prefix, cancellationToken).ConfigureAwait(false))
        {
            yield return new ObjectEntry(one.Key[place.Prefix.Length..], one.Size ?? 0, S3Bucket.Utc(one.LastModified));
        }

        await parts.SweepAsync(place.Prefix, cancellationToken).ConfigureAwait(false);
    }

    private static Failure Changed() =>
        new(FailureReason.ContentChanged, "The content that is kept is not the one that was scanned.");

    private static Failure FailureOf(S3Exception e) => e.Fault == S3Fault.Changed
        ? new Failure(FailureReason.ContentChanged, "The content was changed while it was used.", e)
        : new Failure(FailureReason.ObjectsUnavailable, "The bucket of contents cannot be used at the moment.", e);

    private static async Task<Failure?> DoAsync(Func<Task<Failure?>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (S3Exception e)
        {
            return FailureOf(e);
        }
    }

    /// <returns>What was made; null: the source was changed meanwhile, and nothing is left of a copy.</returns>
    private async Task<S3Version?> CopyAsync(string from, S3Version version, string to, CancellationToken cancellationToken)
    {
        S3Exception? failed = null;
        try
        {
            await (parts.IsTooLargeToCopy(version.Length)
                ? parts.CopyAsync(place.Bucket, from, version, to, S3Terms.None, cancellationToken)
                : bucket.CopyAsync(from, version, to, cancellationToken)).ConfigureAwait(false);
        }
        catch (S3Exception e)
        {
            failed = e;
        }

        var isSame = await bucket.FindAsync(from, cancellationToken).ConfigureAwait(false) == version;
        if (failed is not null)
        {
            return isSame ? throw failed : null;
        }

        var copy = await bucket.FindAsync(to, cancellationToken).ConfigureAwait(false);
        if (isSame && copy?.Length == version.Length)
        {
            return copy;
        }

        await bucket.DeleteAllAsync(to, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task<ObjectContent> BringAsync(
        string key, Func<string, S3Version, Task<ObjectContent>> bring, CancellationToken cancellationToken)
    {
        try
        {
            var whole = place.KeyOf(key);
            return await bucket.FindAsync(whole, cancellationToken).ConfigureAwait(false) is { } version
                ? await bring(whole, version).ConfigureAwait(false)
                : new ObjectContent.Missing();
        }
        catch (S3Exception e)
        {
            return new ObjectContent.Failed(FailureOf(e));
        }
    }

    private async Task<ObjectContent> SpoolAsync(string key, S3Version version, WaitingClients clients, CancellationToken cancellationToken)
    {
        var body = bucket.Open(key, version, 0, version.Length);
        await using var end = body.ConfigureAwait(false);
        var taken = await intake.TakeAsync(body, version.Length, clients, takesAnySize: false, cancellationToken).ConfigureAwait(false);
        if (taken is not IntakeResult.Taken { File: var file })
        {
            var failure = ((IntakeResult.NotTaken)taken).Failure;
            return new ObjectContent.Failed(failure.Cause is S3Exception e ? FailureOf(e) : failure);
        }

        _proven.Note(key, version, await file.Sha256.ConfigureAwait(false));
        return new ObjectContent.Here(file);
    }

    private async Task<string> HashAsync(string key, S3Version version, CancellationToken cancellationToken)
    {
        if (_proven.Find(key, version) is { } known)
        {
            return known;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var body = bucket.Open(key, version, 0, version.Length);
        await using var end = body.ConfigureAwait(false);
        var buffer = new byte[BufferBytes];
        while (await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
