namespace ClamProxy.Core.Events;

/// <summary>What was added to the queues of targets.</summary>
/// <param name="Added">How many events, each counted for each of its targets.</param>
/// <param name="Lost">How many went because as many waited as may.</param>
internal sealed record QueueAddition(IReadOnlyDictionary<EventKind, int> Added, int Lost);
