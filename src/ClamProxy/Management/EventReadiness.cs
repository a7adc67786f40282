namespace ClamProxy.Management;

/// <summary>A target of events, as /readyz shows it.</summary>
/// <param name="Target">What the operator calls it.</param>
/// <param name="Waiting">How many events wait for it.</param>
/// <param name="OldestAge">How old the first of them is.</param>
/// <param name="Problem">Why the last attempt failed, in words; null: it did not.</param>
internal sealed record EventReadiness(string Target, long Waiting, TimeSpan OldestAge, string? Problem);
