using ClamProxy.Core.Redis;

namespace ClamProxy.Core.Verdicts;

/// <summary>
/// What earlier scans found, by target and by content. A store that is broken or slow is an empty one: no member throws
/// for it, and none takes longer than the store's deadline (<see cref="RedisOptions.RedisTimeout"/>).
/// </summary>
/// <remarks>A cancelled token ends the wait: a find is then a miss, a save may or may not have happened, a drop holds.</remarks>
public interface IVerdictStore
{
    /// <summary>Whether the store answers at the moment, as of its last call.</summary>
    StoreState State { get; }

    /// <returns>The record, or null when there is no valid one.</returns>
    ValueTask<UrlRecord?> FindUrlAsync(UrlKey key, CancellationToken cancellationToken);

    /// <returns>The record, or null when there is no valid one. Whether it is stale is for the caller to ask.</returns>
    ValueTask<ContentRecord?> FindContentAsync(ContentKey key, CancellationToken cancellationToken);

    /// <param name="key">The target.</param>
    /// <param name="record">What it led to.</param>
    /// <param name="fence">The fence of the lease that this was found under: nothing is saved once another process has taken the target's
    /// lease after that, whether it still holds it or not. Null, found without a lease: saved.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The record contradicts itself: a broken invariant of the caller's.</exception>
    ValueTask SaveUrlAsync(UrlKey key, UrlRecord record, Fence? fence, CancellationToken cancellationToken);

    /// <exception cref="ArgumentException">The record contradicts itself or its key: a broken invariant of the caller's.</exception>
    ValueTask SaveContentAsync(ContentKey key, ContentRecord record, CancellationToken cancellationToken);

    /// <summary>Forgets a target. In this process that holds at once, even when the store cannot be reached, until the next save.</summary>
    ValueTask DropUrlAsync(UrlKey key, CancellationToken cancellationToken);
}
