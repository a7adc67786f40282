namespace ClamProxy.Core.Buckets.Events;

/// <summary>
/// Where a flow's messages come from. A message that was taken is its taker's for a time, which the taker extends; when that is over it is
/// handed out again. It is gone only when it is completed, or set aside with its reason where operators find it.
/// </summary>
internal interface IEventSource : IAsyncDisposable
{
    /// <summary>Whether it limits by a setting of its own how often a message is handed out.</summary>
    bool LimitsDeliveries { get; }

    /// <summary>Waits for a message, for some seconds at most.</summary>
    /// <returns>Null: there was none.</returns>
    /// <exception cref="EventSourceException">The source cannot be asked.</exception>
    Task<TakenMessage?> TakeAsync(CancellationToken cancellationToken);

    /// <summary>Keeps a message for as long again as when it was taken.</summary>
    /// <exception cref="EventSourceException">It may be handed out to another.</exception>
    Task ExtendAsync(TakenMessage message, CancellationToken cancellationToken);

    /// <summary>Its work is done.</summary>
    /// <exception cref="EventSourceException">It is handed out again.</exception>
    Task CompleteAsync(TakenMessage message, CancellationToken cancellationToken);

    /// <summary>Not all of its work could be done: it is handed out again after a while.</summary>
    /// <exception cref="EventSourceException">It is handed out again when its time is over.</exception>
    Task ReturnAsync(TakenMessage message, TimeSpan after, CancellationToken cancellationToken);

    /// <summary>
    /// Nobody can do anything with it, or it was tried often enough: it is set aside with the reason. A source that limits deliveries
    /// hands it out again after a while, until it sets it aside itself.
    /// </summary>
    /// <param name="reason">One sentence.</param>
    /// <exception cref="EventSourceException">It is handed out again when its time is over.</exception>
    Task RefuseAsync(TakenMessage message, TimeSpan after, string reason, CancellationToken cancellationToken);

    /// <summary>This process stops: another may take it at once.</summary>
    /// <exception cref="EventSourceException">It is handed out again when its time is over.</exception>
    Task GiveBackAsync(TakenMessage message, CancellationToken cancellationToken);
}
