namespace ClamProxy.Admin.Events;

/// <summary>Which target of events.</summary>
/// <param name="Target">Its name in EVENT_WEBHOOKS.</param>
internal sealed record EventBody(string? Target = null);
