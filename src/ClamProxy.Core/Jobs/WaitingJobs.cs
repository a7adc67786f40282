namespace ClamProxy.Core.Jobs;

/// <summary>How many jobs of a priority wait for a worker, those that rest after a failed try included.</summary>
/// <param name="Priority">Which; null: all together, of a queue that cannot tell them apart.</param>
/// <param name="Jobs">How many.</param>
/// <param name="OldestAt">When the oldest of them was accepted; null: there is none.</param>
public readonly record struct WaitingJobs(JobPriority? Priority, long Jobs, DateTimeOffset? OldestAt);
