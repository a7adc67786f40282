using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Core.Buckets.Sqs;

/// <summary>
/// A queue as the source of a flow. How often a message is handed out, and where it goes then, is the queue's own redrive policy, which
/// also takes what nobody can read.
/// </summary>
/// <param name="hiddenFor">How long a message is hidden from others when it is taken or extended.</param>
internal sealed class SqsSource(SqsQueue queue, TimeSpan hiddenFor) : IEventSource
{
    public bool LimitsDeliveries => true;

    public Task<TakenMessage?> TakeAsync(CancellationToken cancellationToken) => queue.ReceiveAsync(hiddenFor, cancellationToken);

    public Task ExtendAsync(TakenMessage message, CancellationToken cancellationToken) =>
        queue.HideAsync(message, hiddenFor, cancellationToken);

    public Task CompleteAsync(TakenMessage message, CancellationToken cancellationToken) => queue.DeleteAsync(message, cancellationToken);

    public Task ReturnAsync(TakenMessage message, TimeSpan after, CancellationToken cancellationToken) =>
        queue.HideAsync(message, after, cancellationToken);

    public Task RefuseAsync(TakenMessage message, TimeSpan after, string reason, CancellationToken cancellationToken) =>
        queue.HideAsync(message, after, cancellationToken);

    public Task GiveBackAsync(TakenMessage message, CancellationToken cancellationToken) =>
        queue.HideAsync(message, TimeSpan.Zero, cancellationToken);

    public ValueTask DisposeAsync()
    {
        queue.Dispose();
        return ValueTask.CompletedTask;
    }
}
