namespace ClamProxy.Core.Jobs;

/// <summary>How much work a queue holds.</summary>
/// <param name="Jobs">Jobs that are not completed, those being worked on included.</param>
/// <param name="OldestAt">When the oldest of them was accepted; null: there is none, or which it is could not be
/// found out.</param>
internal readonly record struct QueueState(long Jobs, DateTimeOffset? OldestAt);
