namespace ClamProxy.Soak.Buckets;

/// <summary>One request of a flow, and when it is held.</summary>
/// <param name="Request">Its number in the flow, from 0.</param>
/// <param name="Name">What it asks for, and of which bucket.</param>
/// <param name="IsBefore">Before it reaches the store; else when the store has answered.</param>
internal sealed record RaceMoment(int Request, string Name, bool IsBefore);
