using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Leases;

/// <summary>The right to lead the flight of one target. It renews itself until it is disposed, or another process has it.</summary>
public sealed class FlightLease : IAsyncDisposable
{
    // So two renewals in a row may fail.
    private const int RenewalsPerLife = 3;

    private readonly RedisLease _redis;
    private readonly LeaseMetrics _metrics;
    private readonly TimeSpan _life;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _renewing;
    private long _renewedAt;
    private bool _isTaken;
    private int _isDisposed;

    /// <param name="redis">How it is renewed and released.</param>
    /// <param name="metrics">Where it is counted.</param>
    /// <param name="life">How long it lasts unless it is renewed.</param>
    /// <param name="askedAt">When it was asked for, as a timestamp: Redis counts its life from then on at the earliest.</param>
    /// <param name="time">The clock.</param>
    internal FlightLease(RedisLease redis, LeaseMetrics metrics, TimeSpan life, long askedAt, TimeProvider time)
    {
        (_redis, _metrics, _life, _renewedAt, _time) = (redis, metrics, life, askedAt, time);
        metrics.Began();
        _renewing = RenewAsync();
    }

    /// <summary>To be given to <see cref="IVerdictStore.SaveUrlAsync"/>, before the lease is disposed.</summary>
    public Fence Fence => _redis.Fence;

    /// <summary>Whether another process has it, or may have it for it was not renewed in time. In the latter case it may be found to be
    /// ours again.</summary>
    public bool IsLost => Volatile.Read(ref _isTaken) || _time.GetElapsedTime(Volatile.Read(ref _renewedAt)) >= _life;

    /// <summary>Releases it if it is still ours, within one call's time. Never throws. What is saved under its fence afterwards is
    /// refused.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _end.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        if (!_isTaken)
        {
            await _redis.ReleaseAsync().ConfigureAwait(false);
        }

        _end.Dispose();
        _metrics.Ended();
    }

    private async Task RenewAsync()
    {
        using var pauses = new PeriodicTimer(_life / RenewalsPerLife, _time);
        while (!_isTaken && await NextAsync(pauses).ConfigureAwait(false))
        {
            var askedAt = _time.GetTimestamp();
            switch (await _redis.RenewAsync(_end.Token).ConfigureAwait(false))
            {
                case RenewalOutcome.Renewed:
                    Volatile.Write(ref _renewedAt, askedAt);
                    break;
                case RenewalOutcome.Lost:
                    Volatile.Write(ref _isTaken, true);
                    _metrics.Lost();
                    break;
                case RenewalOutcome.Unknown:
                    break;
            }
        }
    }

    private async ValueTask<bool> NextAsync(PeriodicTimer pauses)
    {
        try
        {
            return await pauses.WaitForNextTickAsync(_end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
