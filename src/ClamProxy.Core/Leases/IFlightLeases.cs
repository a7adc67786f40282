using ClamProxy.Core.Redis;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Leases;

/// <summary>
/// Who of several processes downloads and scans a target, so that only one does. A Redis that is broken or slow leaves every process to
/// itself: no member throws for it, and none waits for one answer longer than <see cref="RedisOptions.RedisTimeout"/>.
/// </summary>
public interface IFlightLeases
{
    /// <summary>Asks to lead the flight of a target.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before there was an answer; nothing is held then.</exception>
    ValueTask<LeaseAttempt> TryTakeAsync(UrlKey key, CancellationToken cancellationToken);

    /// <summary>Waits until nobody leads the flight of a target any more: it was released, or its holder has died and it expired.</summary>
    /// <returns>True when it is free; false when Redis gives no answer, so that there is nothing to wait for.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled. It is the only bound: a lease lasts as long as its
    /// flight.</exception>
    ValueTask<bool> WaitAsync(UrlKey key, CancellationToken cancellationToken);
}
