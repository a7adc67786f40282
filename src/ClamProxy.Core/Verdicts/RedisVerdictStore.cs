using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ClamProxy.Core.Verdicts;

/// <summary>Verdicts in Redis, shared by every instance that uses the same one.</summary>
internal sealed class RedisVerdictStore : VerdictStore, IDisposable
{
    // Drops are rare (a file changed under its name). Beyond this many the oldest may be believed again.
    private const int DropsRemembered = 10_000;

    private readonly TimeSpan _timeToLive;
    private readonly RedisConnection _connection;
    private readonly RedisCalls _calls;

    // Dropped here and not saved here since. Redis may be away when a drop comes, or may carry out a save that it read
    // before the drop only later: either way the dropped record must not answer in this process again.
    private readonly BoundedCache<object> _dropped;

    /// <exception cref="ArgumentException">REDIS_URL is wrong; its options say how.</exception>
    public RedisVerdictStore(VerdictOptions options, VerdictMetrics metrics, TimeProvider time, ILogger<RedisVerdictStore> logger)
        : base(RedisCalls.StoreName, metrics, time)
    {
        var (address, problem) = RedisAddress.Parse(options.RedisUrl ?? "");
        if (address is null)
        {
            throw new ArgumentException($"REDIS_URL is wrong: {problem}.", nameof(options));
        }

        var breaker = new RedisBreaker(options, time, Random.Shared.NextDouble);
        _timeToLive = options.CacheTtl;
        _dropped = new BoundedCache<object>(DropsRemembered, options.CacheTtl, time);
        _connection = new RedisConnection(address);
        _calls = new RedisCalls(address, options, _connection, breaker, time, logger);
        metrics.ObserveBreaker(() => breaker.IsOpen);
        VerdictLog.KeptInRedis(logger, address);
    }

    public override StoreState State => _calls.State;

    public void Dispose() => _connection.Dispose();

    protected override async ValueTask<StoreAnswer> GetAsync(StoreTier tier, string key, CancellationToken cancellationToken)
    {
        var answer = await _calls.RunAsync(StoreCall.Find, async redis => await redis.StringGetAsync(key), cancellationToken);

        // Asked after the answer: a drop that came in between counts.
        return _dropped.TryGet(key, out _) ? answer with { Bytes = null } : answer;
    }

    protected override async ValueTask<StoreAnswer> SetAsync(
        StoreTier tier, string key, byte[] value, CancellationToken cancellationToken)
    {
        var wasDropped = _dropped.TryGet(key, out var drop);
        var answer = await _calls.RunAsync(StoreCall.Save, Save, cancellationToken);
        if (answer.HasAnswered && wasDropped)
        {
            // Not a drop that came while this save was under way.
            _dropped.Remove(key, drop!);
        }

        return answer;

        async Task<byte[]?> Save(IDatabase redis)
        {
            await redis.StringSetAsync(key, value, _timeToLive);
            return null;
        }
    }

    protected override ValueTask<StoreAnswer> RemoveAsync(StoreTier tier, string key, CancellationToken cancellationToken)
    {
        _dropped.Set(key, new object());
        return _calls.RunAsync(StoreCall.Drop, Remove, cancellationToken);

        async Task<byte[]?> Remove(IDatabase redis)
        {
            await redis.KeyDeleteAsync(key);
            return null;
        }
    }
}
