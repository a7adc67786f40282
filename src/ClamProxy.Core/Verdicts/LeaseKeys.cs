using ClamProxy.Core.Redis;

namespace ClamProxy.Core.Verdicts;

/// <summary>
/// Where a target's lease stands in Redis. In a Cluster all three keys carry the name of the target's record in braces, which puts them
/// into the record's hash slot: scripts that read one and write the other need that. Elsewhere they stand under the record's digits, as
/// they always did.
/// </summary>
/// <param name="Lease">Holds the holder's fence, as long as the lease lasts.</param>
/// <param name="Fence">Holds the fence of whoever took the lease last: it outlives an expired lease, so that its holder may still save, and
/// is gone with a released one.</param>
/// <param name="Tokens">Counts the leases that were ever taken; in a Cluster those of this target, and is forgotten with its fence.</param>
internal readonly record struct LeaseKeys(string Lease, string Fence, string Tokens)
{
    private const int Digits = 64;

    public static LeaseKeys Of(string urlKey, RedisTopology topology)
    {
        var name = topology is RedisTopology.Cluster ? $"{{{urlKey}}}" : urlKey[^Digits..];
        var tokens = topology is RedisTopology.Cluster ? $":{name}" : "";
        return new($"clamproxy:v1:lease:{name}", $"clamproxy:v1:fence:{name}", $"clamproxy:v1:lease-tokens{tokens}");
    }
}
