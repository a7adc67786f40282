namespace ClamProxy.Core.Events;

/// <summary>What a look at a target's queue came to.</summary>
/// <param name="Held">The event to send; null: none is to be sent now.</param>
/// <param name="NextAt">When one may be; null: none waits.</param>
/// <param name="State">What waits.</param>
internal sealed record QueueTurn(HeldEvent? Held, DateTimeOffset? NextAt, TargetState State);
