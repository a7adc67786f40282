namespace ClamProxy.Core.Buckets.Events;

/// <summary>What a message says; exactly one of the kinds nested here.</summary>
public abstract record EventMessage
{
    private EventMessage()
    {
    }

    /// <summary>Objects were created.</summary>
    public sealed record Created(IReadOnlyList<ObjectEvent> Objects) : EventMessage;

    /// <summary>It is an event, and of no created object: a test, a deletion.</summary>
    /// <param name="What">What it is, for the log.</param>
    public sealed record Unrelated(string What) : EventMessage;

    /// <summary>Nobody knows what it is: it is not taken away, so that the queue's dead-letter rule gets it.</summary>
    /// <param name="Problem">What is wrong, in one sentence; nothing of its content.</param>
    public sealed record Unreadable(string Problem) : EventMessage;
}
