using System.Text;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// Puts scanned objects where they belong. In the clean bucket an object replaces an older one of its key and never a newer one; in
/// quarantine none replaces another content.
/// </summary>
internal sealed class BucketPlacement(BucketFlowOptions options, BucketSet buckets)
{
    private const int MostKeyBytes = 1024;

    public async Task PassAsync(ScannedObject scanned, CancellationToken isOver)
    {
        var place = options.CleanPlace!;
        var (bucket, key) = (buckets.Of(place), KeyOf(place, scanned.State.Key));
        var there = await bucket.FindAsync(key, null, isOver).ConfigureAwait(false);
        if (there is null || !IsNewer(there, scanned.Told))
        {
            await bucket.PutAsync(key, scanned, isOver).ConfigureAwait(false);
        }
    }

    public async Task QuarantineAsync(BucketObjects source, ScannedObject scanned, CancellationToken isOver)
    {
        var place = options.QuarantinePlace!;
        var (bucket, key) = (buckets.Of(place), KeyOf(place, scanned.State.Key));
        if (await bucket.FindAsync(key, null, isOver).ConfigureAwait(false) is { } there && !IsSame(there, scanned))
        {
            key = KeyOf(place, $"{scanned.State.Key}.{scanned.Identity}");
        }

        await (scanned.File is null
            ? bucket.CopyAsync(source, key, scanned, isOver)
            : bucket.PutAsync(key, scanned, isOver)).ConfigureAwait(false);
        await bucket.PutTextAsync(
            KeyOf(place, key[place.Prefix.Length..] + ObjectReport.Suffix),
            ObjectReport.Of(source.Name, scanned),
            ObjectReport.Type,
            isOver).ConfigureAwait(false);
    }

    private static bool IsNewer(ObjectState there, ObjectEvent told) =>
        told.Sequencer is { } ours && there.Sequencer is { } theirs && theirs > ours;

    private static bool IsSame(ObjectState there, ScannedObject scanned) => there.Identity == scanned.Identity;

    /// <exception cref="S3Exception">The key would be longer than S3 takes.</exception>
    private static string KeyOf(S3Place place, string key) => Encoding.UTF8.GetByteCount(place.Prefix + key) <= MostKeyBytes
        ? place.Prefix + key
        : throw new S3Exception(S3Fault.Other, $"a key with the prefix {place.Prefix} would be longer than {MostKeyBytes} bytes");
}
