using ClamProxy.Core.Redis;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ClamProxy.Core.Leases;

/// <summary>Leases in the Redis that holds the verdicts, over the same connection, deadline and breaker.</summary>
internal sealed class RedisFlightLeases(
    RedisCalls calls, LeaseOptions options, LeaseMetrics metrics, TimeProvider time, ILogger<RedisFlightLeases> logger) : IFlightLeases
{
    // A flight from a cached verdict takes milliseconds, one with a scan seconds: the pause grows with the wait, so that it adds little to
    // either, and many waiters ask Redis twice a second each at most.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    private const double Growth = 1.5;
    private const double Spread = 0.2;

    public async ValueTask<LeaseAttempt> TryTakeAsync(UrlKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var askedAt = time.GetTimestamp();
        var lease = new RedisLease(calls, key, options.LeaseTime, logger);
        var outcome = await lease.TakeAsync(cancellationToken).ConfigureAwait(false);
        if (outcome is LeaseOutcome.Alone)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        metrics.Asked(outcome);
        return outcome is LeaseOutcome.Taken
            ? new LeaseAttempt(outcome, new FlightLease(lease, metrics, options.LeaseTime, askedAt, time))
            : new LeaseAttempt(outcome);
    }

    public async ValueTask<bool> WaitAsync(UrlKey key, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        RedisKey lease = LeaseKeys.Of(key.Text, calls.Topology).Lease;
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            var answer = await calls.RunAsync(RedisCall.SeeLease, SeeAsync, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (!answer.HasAnswered || answer.Bytes is null)
            {
                metrics.Waited(answer.HasAnswered, time.GetElapsedTime(started));
                return answer.HasAnswered;
            }

            await Task.Delay(
                pause * (1 - Spread + (2 * Spread * Random.Shared.NextDouble())), time, cancellationToken).ConfigureAwait(false);
        }

        // One without an end is none of ours: see the script that takes it.
        async Task<byte[]?> SeeAsync(IDatabase redis) => await redis.KeyTimeToLiveAsync(lease).ConfigureAwait(false) is null ? null : [];
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * Growth < LongestPause ? pause * Growth : LongestPause;
}
