namespace ClamProxy.Management;

/// <summary>One flow of buckets, as /readyz shows it.</summary>
/// <param name="Flow">What the operator calls it.</param>
/// <param name="Problem">What is missing: its queue, a bucket or a right, in words; null: nothing is known against it.</param>
internal sealed record BucketReadiness(string Flow, string? Problem);
