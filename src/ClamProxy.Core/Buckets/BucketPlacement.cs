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

    public Task PassAsync(ScannedObject scanned, CancellationToken isOver)
    {
        var place = options.CleanPlace!;
        var (bucket, key) = (buckets.Of(place.Bucket), KeyOf(place, scanned.State.Key));
        return DecideAsync(async () =>
        {
            var there = await bucket.FindAsync(key, null, isOver).ConfigureAwait(false);
            if (there is null || !scanned.IsOlderThan(there))
            {
                await bucket.PutAsync(key, scanned, there, isOver).ConfigureAwait(false);
            }
        });
    }

    public async Task QuarantineAsync(BucketObjects source, ScannedObject scanned, CancellationToken isOver)
    {
        var place = options.QuarantinePlace!;
        var bucket = buckets.Of(place.Bucket);
        var key = "";
        await DecideAsync(async () =>
        {
            key = KeyOf(place, scanned.State.Key);
            var there = await bucket.FindAsync(key, null, isOver).ConfigureAwait(false);
            if (there is not null && there.Identity != scanned.Identity)
            {
                key = KeyOf(place, $"{scanned.State.Key}.{scanned.Identity}");
                there = await bucket.FindAsync(key, null, isOver).ConfigureAwait(false);
            }

            await (scanned.File is null
                ? bucket.CopyAsync(source, key, scanned, there, isOver)
                : bucket.PutAsync(key, scanned, there, isOver)).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await bucket.PutTextAsync(
            KeyOf(place, key[place.Prefix.Length..] + ObjectReport.Suffix),
            ObjectReport.Of(source.Name, scanned),
            ObjectReport.Type,
            isOver).ConfigureAwait(false);
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
