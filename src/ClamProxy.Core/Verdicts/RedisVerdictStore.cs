using ClamProxy.Core.Redis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ClamProxy.Core.Verdicts;

/// <summary>Verdicts in Redis, shared by every instance that uses the same one.</summary>
internal sealed class RedisVerdictStore : VerdictStore
{
    private const string Name = "redis";

    // Drops are rare (a file changed under its name). Beyond this many the oldest may be believed again.
    private const int DropsRemembered = 10_000;

    // KEYS: record, fence. ARGV: fence, record, milliseconds.
    private const string SaveFenced = """
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then return false end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return ARGV[1]
        """;

    private readonly TimeSpan _timeToLive;
    private readonly RedisCalls _calls;
    private readonly VerdictMetrics _metrics;
    private readonly ILogger _logger;
    private readonly RareWarning _rejection;

    // Null: records are believed as they are.
    private readonly RecordSeal? _seal;

    // Dropped here and not saved here since. Redis may be away when a drop comes, or may carry out a save that it read
    // before the drop only later: either way the dropped record must not answer in this process again.
    private readonly BoundedCache<object> _dropped;

    public RedisVerdictStore(
        RedisCalls calls, VerdictOptions options, VerdictMetrics metrics, TimeProvider time, ILogger<RedisVerdictStore> logger)
        : base(Name, metrics, time)
    {
        _calls = calls;
        _metrics = metrics;
        _logger = logger;
        _rejection = new RareWarning(time);
        _timeToLive = options.CacheTtl;
        _seal = options.Keys.Count > 0 ? new RecordSeal(options.Keys, options.CacheTtl, time) : null;
        _dropped = new BoundedCache<object>(DropsRemembered, options.CacheTtl, time);
    }

    public override StoreState State
    {
        get
        {
            var problem = _calls.Problem;
            return new StoreState(Name, problem is null, problem);
        }
    }

    protected override async ValueTask<VerdictStoreReply> GetAsync(StoreTier tier, string key, CancellationToken cancellationToken)
    {
        var answer = await _calls.RunAsync(
            RedisCall.FindVerdict,
            async redis => await redis.StringGetAsync(key).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);

        // Asked after the answer: a drop that came in between counts.
        return new VerdictStoreReply(answer.HasAnswered, _dropped.TryGet(key, out _) ? null : Open(tier, key, answer.Bytes));
    }

    protected override async ValueTask<VerdictStoreReply> SetAsync(
        StoreTier tier, string key, byte[] value, Fence? fence, CancellationToken cancellationToken)
    {
        var record = _seal?.Seal(key, value) ?? value;
        var wasDropped = _dropped.TryGet(key, out var drop);
        var answer = await _calls.RunAsync(RedisCall.SaveVerdict, Save, cancellationToken).ConfigureAwait(false);
        var isSaved = answer.HasAnswered && (fence is null || answer.Bytes is not null);
        if (isSaved && wasDropped)
        {
            // Not a drop that came while this save was under way.
            _dropped.Remove(key, drop!);
        }

        return new VerdictStoreReply(answer.HasAnswered, IsRefused: answer.HasAnswered && !isSaved);

        async Task<byte[]?> Save(IDatabase redis)
        {
            if (fence is { } own)
            {
                return await redis.RunAsync(
                    SaveFenced,
                    [key, LeaseKeys.Of(key, _calls.Topology).Fence],
                    [own.Text, record, (long)_timeToLive.TotalMilliseconds]).ConfigureAwait(false);
            }

            await redis.StringSetAsync(key, record, _timeToLive).ConfigureAwait(false);
            return null;
        }
    }

    protected override async ValueTask<VerdictStoreReply> RemoveAsync(StoreTier tier, string key, CancellationToken cancellationToken)
    {
        _dropped.Set(key, new object());
        var answer = await _calls.RunAsync(RedisCall.DropVerdict, Remove, cancellationToken).ConfigureAwait(false);
        return new VerdictStoreReply(answer.HasAnswered);

        async Task<byte[]?> Remove(IDatabase redis)
        {
            await redis.KeyDeleteAsync(key).ConfigureAwait(false);
            return null;
        }
    }

    private byte[]? Open(StoreTier tier, string key, byte[]? stored)
    {
        if (stored is null || _seal is null)
        {
            return stored;
        }

        var (record, problem) = _seal.Open(key, stored);
        if (record is null)
        {
            _metrics.Rejected(tier, problem);
            if (_rejection.IsDue())
            {
                VerdictLog.RecordRejected(_logger, problem);
            }
        }

        return record;
    }
}
