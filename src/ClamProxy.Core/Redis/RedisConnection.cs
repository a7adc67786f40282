using ClamProxy.Core.Names;
using StackExchange.Redis;

namespace ClamProxy.Core.Redis;

/// <summary>The connection to Redis: made in the background, replaced when it hangs or leads to the wrong server.</summary>
internal sealed class RedisConnection : IDisposable
{
    private readonly Lock _gate = new();
    private readonly RedisClientOptions _options;
    private readonly TimeProvider _time;
    private RedisAttempt _attempt;
    private long _startedAt;
    private long _lookedAt;
    private bool _isDisposed;

    /// <param name="listens">Whether channels are subscribed to.</param>
    public RedisConnection(RedisAddress address, NameResolver names, TimeProvider time, bool listens = false)
    {
        _options = new RedisClientOptions(address, names, listens);
        _time = time;
        _startedAt = time.GetTimestamp();
        _lookedAt = _startedAt;
        _attempt = new RedisAttempt(_options);
    }

    /// <inheritdoc cref="RedisAttempt.Problem"/>
    public string? Problem => Attempt.Problem;

    /// <summary>Tells one connection from the next.</summary>
    public object Current => Attempt;

    private RedisAttempt Attempt => Volatile.Read(ref _attempt);

    /// <exception cref="RedisConnectionException">Not connected.</exception>
    public async Task<IDatabase> DatabaseAsync() => (await Attempt.Link.ConfigureAwait(false)).Database;

    /// <summary>Reconnects: a peer that vanished without a word would keep the old connection silent for 15 minutes.</summary>
    /// <param name="atLeastAfter">Nothing is done where the last attempt began less than so long ago.</param>
    public void Renew(TimeSpan atLeastAfter = default)
    {
        RedisAttempt old;
        lock (_gate)
        {
            if (_isDisposed || _time.GetElapsedTime(_startedAt) < atLeastAfter)
            {
                return;
            }

            old = _attempt;
            _startedAt = _time.GetTimestamp();
            Volatile.Write(ref _attempt, new RedisAttempt(_options));
        }

        old.Close();
    }

    /// <summary>Reconnects where something is wrong; looks and does so now and then only.</summary>
    public void RenewIfTroubled(TimeSpan every, Func<bool> isTroubled)
    {
        var lookedAt = Volatile.Read(ref _lookedAt);
        if (_time.GetElapsedTime(lookedAt) >= every
            && Interlocked.CompareExchange(ref _lookedAt, _time.GetTimestamp(), lookedAt) == lookedAt
            && isTroubled())
        {
            Renew(every);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        Attempt.Close();
    }
}
