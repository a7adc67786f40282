namespace ClamProxy.Core.Verdicts;

/// <summary>Where a target's lease stands in Redis: under the same digits as its record.</summary>
internal static class LeaseKeys
{
    /// <summary>Counts the leases that were ever taken.</summary>
    public const string Tokens = "clamproxy:v1:lease-tokens";

    private const int Digits = 64;

    /// <summary>Holds the holder's fence, as long as the lease lasts.</summary>
    public static string Lease(string urlKey) => $"clamproxy:v1:lease:{urlKey[^Digits..]}";

    /// <summary>Holds the fence of whoever took the lease last: it outlives an expired lease, so that its holder may still save, and is gone
    /// with a released one.</summary>
    public static string Fence(string urlKey) => $"clamproxy:v1:fence:{urlKey[^Digits..]}";
}
