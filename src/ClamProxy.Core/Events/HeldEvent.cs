namespace ClamProxy.Core.Events;

/// <summary>The first event of a target's queue, while one process sends it.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Number">What the queue knows it by.</param>
/// <param name="Event">What is to be sent.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="Failures">How many attempts in a row the target has failed, of this and earlier events.</param>
internal sealed record HeldEvent(string Target, long Number, OutgoingEvent Event, int Attempts, int Failures);
