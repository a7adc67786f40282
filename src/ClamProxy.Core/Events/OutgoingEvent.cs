namespace ClamProxy.Core.Events;

/// <summary>An event as it is kept and sent.</summary>
/// <param name="Id">The same for each target and attempt (<c>webhook-id</c>).</param>
/// <param name="Kind">What it is about.</param>
/// <param name="At">When it was made.</param>
/// <param name="Body">The CloudEvent.</param>
internal sealed record OutgoingEvent(string Id, EventKind Kind, DateTimeOffset At, byte[] Body)
{
    /// <summary>The name of the one target that gets it; null: all that want its kind.</summary>
    public string? OnlyTo { get; init; }
}
