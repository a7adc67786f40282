namespace ClamProxy.Core.Events;

/// <summary>The data of an event that an operator has asked for.</summary>
/// <param name="Target">The target's name.</param>
internal sealed record TestData(string Target);
