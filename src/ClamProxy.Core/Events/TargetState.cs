namespace ClamProxy.Core.Events;

/// <summary>How a target does.</summary>
/// <param name="Name">What the operator calls it.</param>
/// <param name="Waiting">How many events wait for it.</param>
/// <param name="OldestAt">When the first of them was made; null: none waits.</param>
/// <param name="Problem">Why the last attempt failed, in one sentence; null: it did not.</param>
public sealed record TargetState(string Name, long Waiting, DateTimeOffset? OldestAt, string? Problem);
