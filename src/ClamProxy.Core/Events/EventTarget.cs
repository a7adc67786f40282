using ClamProxy.Core.Download;

namespace ClamProxy.Core.Events;

/// <summary>One web server that is told of events.</summary>
/// <param name="Name">What the operator calls it.</param>
/// <param name="Target">Where events are sent.</param>
/// <param name="Secrets">What they are signed with; at least one.</param>
/// <param name="Kinds">What it is told of.</param>
internal sealed record EventTarget(string Name, Target Target, IReadOnlyList<byte[]> Secrets, IReadOnlyList<EventKind> Kinds)
{
    /// <summary>A test is of one target alone, and its sender names it.</summary>
    public bool Wants(OutgoingEvent sent) => sent.OnlyTo is { } name ? name == Name : Kinds.Contains(sent.Kind);
}
