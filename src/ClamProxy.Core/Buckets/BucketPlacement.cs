using System.Text;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// Puts scanned objects where they belong. In the clean bucket an object replaces an older one of its key and never a newer one; in
/// quarantine none replaces another content. Each put is on the condition that the key still has what it was decided by.
/// </summary>
internal sealed class BucketPlacement(BucketFlowOptions options, BucketSet buckets)
{
    private const int MostKeyBytes = 1024;

    // Each means that somebody else has put the same key in the moment between the look and the put.
    private const int MostLooks = 5;

    /// <summary>Of larger ones too much would be sent for nothing where the key has something.</summary>
    private const long LargestSentUnseen = 8 << 20;

    public Task PassAsync(BucketObjects source, ScannedObject scanned, CancellationToken isOver)
    {
        var place = options.CleanPlace!;
        var (bucket, key) = (buckets.Of(place.Bucket), KeyOf(place, scanned.State.Key));
        var isUnseen = Conditions is { OnNewKeys: true } && scanned.State.Version.Length <= LargestSentUnseen;
        return DecideAsync(async () =>
        {
            if (isUnseen && await bucket.TryPutNewAsync(key, scanned, isOver).ConfigureAwait(false))
            {
                return;
            }

            isUnseen = false;
            var there = await bucket.FindAsync(key, null, isOver).ConfigureAwait(false);
            if (there is null || await MayReplaceAsync(source, scanned, there, isOver).ConfigureAwait(false))
            {
                await bucket.PutAsync(key, scanned, there, isOver).ConfigureAwait(false);
            }
        });
    }

    /// <summary>What is known of the store.</summary>
    public StoreConditions? Conditions { get; set; }

    public async Task QuarantineAsync(BucketObjects source, ScannedObject scanned, CancellationToken isOver)
    {
        var place = options.QuarantinePlace!;
        var bucket = buckets.Of(place.Bucket);
        var key = "";
        await DecideAsync(async () =>
        {
            var wanted = MayOverwrite(scanned) ? $"{scanned.State.Key}.{scanned.Identity}" : scanned.State.Key;
            (key, var there) = await FindAsync(wanted, "", one => one.Identity == scanned.Identity).ConfigureAwait(false);
            await (scanned.File is null
                ? CopyAsync(bucket, source, KeyOf(place, key), scanned, there, isOver)
                : bucket.PutAsync(KeyOf(place, key), scanned, there, isOver)).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await DecideAsync(async () =>
        {
            var (reported, there) = await FindAsync(key, ObjectReport.Suffix, one => one.Identity is null).ConfigureAwait(false);
            await bucket.PutReportAsync(
                KeyOf(place, reported + ObjectReport.Suffix), ObjectReport.Of(source.Name, scanned), there, isOver).ConfigureAwait(false);
        }).ConfigureAwait(false);

        // Whoever sends an object chooses its key, also one that another object or its report has.
        async Task<(string Key, ObjectState? There)> FindAsync(string wanted, string suffix, Func<ObjectState, bool> mayReplace)
        {
            ObjectState? there;
            while ((there = await bucket.FindAsync(KeyOf(place, wanted + suffix), null, isOver).ConfigureAwait(false)) is not null
                && !mayReplace(there))
            {
                wanted += $".{scanned.Identity}";
            }

            return (wanted, there);
        }
    }

    /// <summary>
    /// Where the store looks at no condition of a put, or of a copy that it makes, two workers might put two contents under one key at
    /// once: then each key in quarantine names its content.
    /// </summary>
    private bool MayOverwrite(ScannedObject scanned) =>
        Conditions is { OnPuts: false } || (scanned.File is null && Conditions is { OnCopies: false });

    /// <summary>
    /// Where versions have ids, by the order of their events or their times. Elsewhere what the source has is the newest one: what it has
    /// not any more was replaced, or another worker has placed it.
    /// </summary>
    private static async Task<bool> MayReplaceAsync(
        BucketObjects source, ScannedObject scanned, ObjectState placed, CancellationToken isOver) =>
        scanned.State.HasOwnVersion
            ? !scanned.IsOlderThan(placed)
            : await source.IsStillAsync(scanned.State, isOver).ConfigureAwait(false);

    /// <summary>
    /// A store that ignores the condition of the copy's source (moto, Ceph) copies whatever is there: what is not the version that was
    /// judged is taken out of quarantine again.
    /// </summary>
    private static async Task CopyAsync(
        BucketObjects bucket, BucketObjects source, string key, ScannedObject scanned, ObjectState? there, CancellationToken isOver)
    {
        var version = scanned.State.Version;
        if (there?.Version.HasContentOf(version) is true)
        {
            // Copied by an earlier delivery.
            return;
        }

        if (!await IsThereAsync().ConfigureAwait(false))
        {
            throw new S3Exception(S3Fault.Changed, S3Version.IsAnother);
        }

        await bucket.CopyAsync(source, key, scanned, there, isOver).ConfigureAwait(false);
        if (!await IsThereAsync().ConfigureAwait(false)
            && await source.FindAsync(scanned.State.Key, null, isOver).ConfigureAwait(false) is not null
            && await bucket.FindAsync(key, null, isOver).ConfigureAwait(false) is { } copy
            && copy.Identity == scanned.Identity
            && !copy.Version.HasContentOf(version))
        {
            await bucket.DeleteAsync(copy, isProven: false, isOver).ConfigureAwait(false);
            throw new S3Exception(S3Fault.Changed, S3Version.IsAnother);
        }

        async Task<bool> IsThereAsync() =>
            scanned.State.HasOwnVersion || await source.IsStillAsync(scanned.State, isOver).ConfigureAwait(false);
    }

    private static async Task DecideAsync(Func<Task> look)
    {
        for (var looks = 1; ; looks++)
        {
            try
            {
                await look().ConfigureAwait(false);
                return;
            }
            catch (S3Exception e) when (e.Fault == S3Fault.Changed && looks < MostLooks)
            {
                // Decided once more, by what is there now.
            }
        }
    }

    /// <exception cref="S3Exception">The key would be longer than S3 takes.</exception>
    private static string KeyOf(S3Place place, string key) => Encoding.UTF8.GetByteCount(place.Prefix + key) <= MostKeyBytes
        ? place.Prefix + key
        : throw new S3Exception(S3Fault.Other, $"a key with the prefix {place.Prefix} would be longer than {MostKeyBytes} bytes");
}
