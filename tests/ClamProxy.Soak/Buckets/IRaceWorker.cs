using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Soak.Buckets;

/// <summary>Who takes events of one flow, and asks the store through the relay.</summary>
internal interface IRaceWorker : IAsyncDisposable
{
    /// <returns>Whether the event is done; else it has to come again.</returns>
    Task<bool> DeliverAsync(ObjectEvent told);

    /// <summary>Nothing that it does reaches the store any more, and no answer reaches it. The next event meets a new one.</summary>
    Task KillAsync();
}
