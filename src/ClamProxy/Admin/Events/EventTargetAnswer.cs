namespace ClamProxy.Admin.Events;

/// <summary>A target of events.</summary>
/// <param name="Target">Its name in EVENT_WEBHOOKS.</param>
/// <param name="Waiting">How many events wait for it.</param>
/// <param name="OldestAt">When the first of them was made; null: none waits.</param>
/// <param name="Problem">Why the last attempt failed; null: it did not.</param>
internal sealed record EventTargetAnswer(string Target, long Waiting, DateTimeOffset? OldestAt, string? Problem);
