namespace ClamProxy.Admin.Events;

/// <summary>The targets of events.</summary>
internal sealed record EventListAnswer(IReadOnlyList<EventTargetAnswer> Targets);
