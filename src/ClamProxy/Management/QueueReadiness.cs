namespace ClamProxy.Management;

/// <summary>The queue of jobs, as /readyz shows it.</summary>
/// <param name="Problem">Why it cannot be used at the moment, in words; null: nothing is known against it.</param>
internal sealed record QueueReadiness(string? Problem);
