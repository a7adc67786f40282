namespace ClamProxy.Management;

/// <summary>One flow of buckets, as /readyz shows it.</summary>
/// <param name="Flow">What the operator calls it.</param>
/// <param name="Problem">Why it can take no message at the moment, in words; null: nothing is known against it.</param>
internal sealed record BucketReadiness(string Flow, string? Problem);
