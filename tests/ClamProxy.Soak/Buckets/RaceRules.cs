using ClamProxy.Core.Buckets;

namespace ClamProxy.Soak.Buckets;

/// <summary>What must hold of one key at any moment, and when all of its events were delivered.</summary>
/// <param name="world">Knows what was scanned.</param>
/// <param name="buckets">Where to look.</param>
/// <param name="client">Knows what was put.</param>
/// <param name="key">The key.</param>
/// <param name="change">What happened to it.</param>
/// <param name="problems">Where each breach is told.</param>
internal sealed class RaceRules(
    RaceWorld world, RaceBuckets buckets, RaceClient client, string key, ObjectChange? change, List<string> problems)
{
    private readonly HashSet<string> _quarantined = [];

    private IEnumerable<RaceObject> Alive => client.Objects.Where(one => one.IsAlive);

    public async Task<IReadOnlyList<PlacedObject>> LookAsync(string when)
    {
        var found = await buckets.LookAsync(key);
        foreach (var one in found.Where(one => one.Bucket == buckets.Clean && (!world.HasPassed(one.Hash) || !IsClean(one))))
        {
            problems.Add($"{when}: Clean holds what was not found clean: {Name(one)}");
        }

        var quarantined = Hashes(found, buckets.Quarantine);
        problems.AddRange(_quarantined.Except(quarantined).Select(hash => $"{when}: Quarantine has lost {Name(hash)}"));
        _quarantined.UnionWith(quarantined);
        problems.AddRange(Alive.Where(one => !found.Any(other => other.Hash == one.Hash) && !IsOvertaken(one, found))
            .Select(one => $"{when}: {one} is in no bucket"));
        return found;
    }

    public async Task EndAsync(string when = "at the end")
    {
        var found = await LookAsync(when);
        if (buckets.Action == BucketAction.Tag)
        {
            problems.AddRange(found.Where(one => !IsTagged(one)).Select(one => $"{when}: {Name(one)} is tagged {one.Status ?? "not"}"));
            return;
        }

        var wanted = buckets.Action == BucketAction.Copy ? Alive.Select(one => one.Hash).ToHashSet() : [];
        if (!wanted.SetEquals(Hashes(found, buckets.Untrusted)))
        {
            problems.Add($"{when}: Untrusted holds {Names(found, buckets.Untrusted)}");
        }

        if (Alive.LastOrDefault(one => one.IsClean) is { } newest
            && !found.Any(one => one.Bucket == buckets.Clean && one.Key == key && one.IsLatest && NumberOf(one.Hash) >= newest.Number))
        {
            problems.Add($"{when}: Clean has to have {newest}: {Names(found, buckets.Clean)}");
        }

        var quarantined = found.Where(one => one.Bucket == buckets.Quarantine).ToList();
        problems.AddRange(Alive.Where(one => !one.IsClean && !quarantined.Any(other => other.Hash == one.Hash))
            .Select(one => $"{when}: Quarantine has to have {one}: {Names(found, buckets.Quarantine)}"));
        problems.AddRange(quarantined.Where(IsClean).Select(one => $"{when}: Quarantine has {Name(one)}"));
        foreach (var one in quarantined)
        {
            if (!await buckets.HasReportAsync(one))
            {
                problems.Add($"{when}: there is no report beside {Name(one)}");
            }
        }

        await UploadsAsync(when);
    }

    /// <summary>What a killed process leaves there is for the bucket's lifecycle.</summary>
    private async Task UploadsAsync(string when)
    {
        if (change is not (ObjectChange.WorkerDies or ObjectChange.ConnectionLost) && await buckets.HasUploadAsync(key))
        {
            problems.Add($"{when}: an upload in parts is left");
        }
    }

    private bool IsClean(PlacedObject one) => client.Objects.Any(other => other.IsClean && other.Hash == one.Hash);

    /// <summary>In Clean a newer content takes the place of an older one.</summary>
    private bool IsOvertaken(RaceObject old, IReadOnlyList<PlacedObject> found) =>
        old.IsClean && found.Any(one => one.Bucket == buckets.Clean && NumberOf(one.Hash) > old.Number);

    private bool IsTagged(PlacedObject one) =>
        client.Objects.Any(other => other.Hash == one.Hash && other.Status == one.Status)
        || (change == ObjectChange.Tagged && one.Status is null);

    private int NumberOf(string hash) => client.Objects.Where(one => one.Hash == hash).Select(one => one.Number).DefaultIfEmpty().Max();

    private static HashSet<string> Hashes(IEnumerable<PlacedObject> found, string bucket) =>
        [.. found.Where(one => one.Bucket == bucket).Select(one => one.Hash)];

    private string Names(IEnumerable<PlacedObject> found, string bucket) =>
        string.Join(", ", found.Where(one => one.Bucket == bucket).Select(Name).DefaultIfEmpty("nothing"));

    private string Name(PlacedObject one) => $"{Name(one.Hash)} as {one.Key} {(one.IsLatest ? "" : "(not its latest version)")}".TrimEnd();

    private string Name(string hash) => client.Objects.FirstOrDefault(one => one.Hash == hash)?.ToString() ?? "bytes that nobody put";
}
