namespace ClamProxy.Soak.Buckets;

/// <summary>One version of an object as it is found in a bucket.</summary>
/// <param name="Status">Its tag scan-status; null: it has none.</param>
internal sealed record PlacedObject(string Bucket, string Key, string? Version, bool IsLatest, string Hash, string? Status);
