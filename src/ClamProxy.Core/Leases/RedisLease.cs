using System.Globalization;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Verdicts;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ClamProxy.Core.Leases;

/// <summary>One wish for a target's lease as Redis sees it: asked for, renewed, released. Each step is one script, so that nobody comes in
/// between.</summary>
internal sealed class RedisLease(RedisCalls calls, UrlKey key, TimeSpan life, ILogger logger)
{
    // How long a fence outlives its last renewal: whoever had no answer from Redis for so long saves nothing any more.
    private static readonly TimeSpan FenceLife = TimeSpan.FromMinutes(10);

    // KEYS: lease, fence, tokens. ARGV: the random part, the lease's life and the fence's in milliseconds, and the counter's, which has no
    // end where it is empty.
    // A lease without an end is none of ours and would never be free: it is taken.
    private const string Take = """
        if redis.call('PTTL', KEYS[1]) >= 0 then return false end
        local fence = redis.call('INCR', KEYS[3]) .. ':' .. ARGV[1]
        if ARGV[4] ~= '' then redis.call('PEXPIRE', KEYS[3], ARGV[4]) end
        redis.call('SET', KEYS[1], fence, 'PX', ARGV[2])
        redis.call('SET', KEYS[2], fence, 'PX', ARGV[3])
        return fence
        """;

    // KEYS: lease, fence. ARGV: our fence, both lives in milliseconds. An expired lease that nobody took since is ours again.
    private const string Renew = """
        local holder = redis.call('GET', KEYS[1])
        if holder ~= ARGV[1] and (holder or redis.call('GET', KEYS[2]) ~= ARGV[1]) then return false end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
        return ARGV[1]
        """;

    // KEYS: lease, fence. ARGV: our fence. The fence goes too, else a renewal that Redis reads only now would take the lease again.
    private const string Release = """
        for _, key in ipairs(KEYS) do
            if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end
        end
        return false
        """;

    private const int Asked = 0;
    private const int Granted = 1;
    private const int Left = 2;

    private readonly LeaseKeys _names = LeaseKeys.Of(key.Text, calls.Topology);
    private readonly RedisValue _life = (long)life.TotalMilliseconds;
    private readonly RedisValue _fenceLife = (long)(life > FenceLife ? life : FenceLife).TotalMilliseconds;
    private byte[]? _fence;
    private int _state;

    /// <summary>Whose it is; only after <see cref="TakeAsync"/> said Taken.</summary>
    public Fence Fence { get; private set; }

    private RedisKey[] Keys => [_names.Lease, _names.Fence];

    /// <summary>Redis may grant it after nobody waits for the answer any more: then it is given back at once, else others would wait for
    /// nothing.</summary>
    public async ValueTask<LeaseOutcome> TakeAsync(CancellationToken cancellationToken)
    {
        var answer = await calls.RunAsync(RedisCall.TakeLease, AskAsync, cancellationToken).ConfigureAwait(false);
        if (Interlocked.CompareExchange(ref _state, Left, Asked) == Asked)
        {
            return answer.HasAnswered ? LeaseOutcome.Held : LeaseOutcome.Alone;
        }

        Fence = Read(_fence!);
        return LeaseOutcome.Taken;
    }

    public async ValueTask<RenewalOutcome> RenewAsync(CancellationToken cancellationToken)
    {
        var answer = await calls.RunAsync(
            RedisCall.RenewLease, redis =>
                redis.RunAsync(Renew, Keys, [_fence, _life, _fenceLife]), cancellationToken).ConfigureAwait(false);
        if (answer is { HasAnswered: true, Bytes: null })
        {
            LeaseLog.LeaseWasLost(logger, Fence.Token);
        }

        return answer.HasAnswered ? answer.Bytes is null ? RenewalOutcome.Lost : RenewalOutcome.Renewed : RenewalOutcome.Unknown;
    }

    public async ValueTask ReleaseAsync() =>
        await calls.RunAsync(
            RedisCall.ReleaseLease, redis => redis.RunAsync(Release, Keys, [_fence]), CancellationToken.None).ConfigureAwait(false);

    private static Fence Read(byte[] bytes)
    {
        var text = System.Text.Encoding.ASCII.GetString(bytes);
        return new Fence(long.Parse(text.AsSpan(0, text.IndexOf(':', StringComparison.Ordinal)), CultureInfo.InvariantCulture), text);
    }

    private async Task<byte[]?> AskAsync(IDatabase redis)
    {
        var tokensLife = calls.Topology is RedisTopology.Cluster ? _fenceLife : RedisValue.EmptyString;
        var fence = await redis.RunAsync(
            Take, [.. Keys, _names.Tokens], [Guid.NewGuid().ToString("N"), _life, _fenceLife, tokensLife]).ConfigureAwait(false);
        if (fence is null)
        {
            return null;
        }

        _fence = fence;
        if (Interlocked.CompareExchange(ref _state, Granted, Asked) == Left)
        {
            await redis.RunAsync(Release, Keys, [fence]).ConfigureAwait(false);
        }

        return fence;
    }
}
