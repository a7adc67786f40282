using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Redis;
using StackExchange.Redis;

namespace ClamProxy.Core.Buckets.Redis;

/// <summary>
/// A stream, or a list, of a Redis as the source of a flow.
/// <code>
///   stream ─────────────────────────────► read by the group ──► taken ──done──► XACK
///   list ──► arrived ──► again (a stream) ──► read by it        │ │
///                          ▲                                    │ └─too often, unreadable──► dead (a stream)
///                          └── resting (by when it is due) ◄────┘ tried again
/// </code>
/// What a process that died had is claimed by another when it was not extended for HiddenFor. Blocking reads have a connection of their
/// own, on which one worker waits for all.
/// </summary>
internal sealed class RedisEvents(
    RedisEventCalls calls, RedisEventCalls reads, RedisEventKeys keys, bool isList, TimeSpan heldFor, TimeProvider clock)
    : IEventSource
{

    // Not longer than a process that stops may take.
    private const int BlockSeconds = 1;
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(1);

    /// <summary>How long a blocking read waits, beyond what a call may take.</summary>
    public static readonly TimeSpan Block = TimeSpan.FromSeconds(BlockSeconds);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly string _consumer = ProcessName.Unique();
    private readonly Dictionary<string, RedisValue> _claimFrom = [];
    private long _lookedAt = long.MinValue;

    public bool LimitsDeliveries => false;

    public async Task<TakenMessage?> TakeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        TakenMessage? taken;
        try
        {
            // Not given up half way: what is read just then would be nobody's for as long as it is not claimed.
            taken = await NextAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        if (taken is not null && cancellationToken.IsCancellationRequested)
        {
            await GiveBackAsync(taken, CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return taken;
    }

    public async Task ExtendAsync(TakenMessage message, CancellationToken cancellationToken)
    {
        if (!await OwnedAsync(RedisJobScripts.Renew, message, [], [], cancellationToken).ConfigureAwait(false))
        {
            throw new EventSourceException("another process has claimed it");
        }
    }

    public Task CompleteAsync(TakenMessage message, CancellationToken cancellationToken) =>
        OwnedAsync(RedisEventScripts.Complete, message, [], [], cancellationToken);

    public Task ReturnAsync(TakenMessage message, TimeSpan after, CancellationToken cancellationToken) =>
        RestAsync(message, message.Deliveries, after, cancellationToken);

    public Task RefuseAsync(TakenMessage message, TimeSpan after, string reason, CancellationToken cancellationToken) =>
        OwnedAsync(RedisEventScripts.Bury, message, [keys.Dead], [reason, message.Body, message.Deliveries], cancellationToken);

    public Task GiveBackAsync(TakenMessage message, CancellationToken cancellationToken) =>
        RestAsync(message, message.Deliveries - 1, TimeSpan.Zero, cancellationToken);

    public ValueTask DisposeAsync()
    {
        calls.Dispose();
        reads.Dispose();
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<bool> RestAsync(TakenMessage message, int tries, TimeSpan after, CancellationToken cancellationToken) => OwnedAsync(
        RedisEventScripts.Return,
        message,
        [keys.Resting],
        [tries, (clock.GetUtcNow() + after).ToUnixTimeMilliseconds(), message.Body],
        cancellationToken);

    private async Task<TakenMessage?> NextAsync()
    {
        var isDue = _lookedAt == long.MinValue || clock.GetElapsedTime(_lookedAt) >= s_lookAgain;
        if (isDue && await LookAsync().ConfigureAwait(false) is { } left)
        {
            return left;
        }

        return await ReadAsync(calls, keys.Again, 0).ConfigureAwait(false)
            ?? await (isList ? ReadListAsync() : ReadAsync(reads, keys.Given, BlockSeconds * 1000)).ConfigureAwait(false);
    }

    /// <summary>What rests and is due, and what a process left.</summary>
    private async Task<TakenMessage?> LookAsync()
    {
        await calls.RunAsync(redis => redis.ScriptEvaluateAsync(
            RedisEventScripts.Promote,
            [keys.Resting, keys.Again],
            [clock.GetUtcNow().ToUnixTimeMilliseconds()],
            CommandFlags.NoScriptCache)).ConfigureAwait(false);
        await DrainAsync().ConfigureAwait(false);
        var claimed = await ClaimAsync(keys.Again).ConfigureAwait(false)
            ?? (isList ? null : await ClaimAsync(keys.Given).ConfigureAwait(false));

        // There may be more that a process left.
        _lookedAt = claimed is null ? clock.GetTimestamp() : long.MinValue;
        return claimed;
    }

    private Task DrainAsync() => isList
        ? calls.RunAsync(redis => redis.ScriptEvaluateAsync(
            RedisEventScripts.Drain, [keys.Arrived, keys.Given, keys.Again], [], CommandFlags.NoScriptCache), keys.Given)
        : Task.CompletedTask;

    private async Task<TakenMessage?> ReadListAsync()
    {
        var moved = await reads.RunAsync(
            redis => redis.ExecuteAsync("BLMOVE", keys.Given, keys.Arrived, "LEFT", "RIGHT", BlockSeconds), keys.Given)
            .ConfigureAwait(false);
        if (moved.IsNull)
        {
            return null;
        }

        await DrainAsync().ConfigureAwait(false);
        return await ReadAsync(calls, keys.Again, 0).ConfigureAwait(false);
    }

    /// <param name="block">Milliseconds; 0: it is not waited for.</param>
    private async Task<TakenMessage?> ReadAsync(RedisEventCalls way, string stream, int block)
    {
        object[] waits = block > 0 ? ["BLOCK", block] : [];
        var answer = await InGroupAsync(way, stream, redis => redis.ExecuteAsync(
            "XREADGROUP", ["GROUP", keys.Group, _consumer, "COUNT", 1, .. waits, "STREAMS", (RedisKey)stream, ">"])).ConfigureAwait(false);
        return RedisEventEntry.First(answer) is { } entry ? Taken(stream, entry, 1) : null;
    }

    private async Task<TakenMessage?> ClaimAsync(string stream)
    {
        var claimed = await InGroupAsync(calls, stream, redis => redis.StreamAutoClaimAsync(
            stream,
            keys.Group,
            _consumer,
            (long)heldFor.TotalMilliseconds,
            _claimFrom.GetValueOrDefault(stream, "0-0"),
            count: 1)).ConfigureAwait(false);
        _claimFrom[stream] = claimed.NextStartId;
        if (claimed.ClaimedEntries is not [var entry])
        {
            return null;
        }

        var pending = await calls.RunAsync(
            redis => redis.StreamPendingMessagesAsync(stream, keys.Group, 1, _consumer, entry.Id, entry.Id)).ConfigureAwait(false);
        return pending is [var one]
            ? Taken(stream, RedisEventEntry.Of(entry), one.DeliveryCount)
            : null;
    }

    private static TakenMessage Taken(string stream, RedisEventEntry entry, long handedOut) => new(
        $"{stream} {entry.Id}",
        new RedisLease(stream, entry.Id, handedOut).Text,
        entry.Body,
        (int)Math.Min(entry.Tries + handedOut, int.MaxValue));

    private async Task<bool> OwnedAsync(
        string script, TakenMessage message, RedisKey[] others, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var lease = RedisLease.Parse(message.Receipt);
        var answer = await calls.RunAsync(redis => redis.ScriptEvaluateAsync(
            script,
            [lease.Stream, .. others],
            [keys.Group, _consumer, lease.Entry, lease.Deliveries, .. arguments],
            CommandFlags.NoScriptCache)).ConfigureAwait(false);
        return (int)answer == 1;
    }

    /// <summary>The group is made where it is not there: at first, and after Redis has lost its data.</summary>
    private async Task<T> InGroupAsync<T>(RedisEventCalls way, string stream, Func<IDatabase, Task<T>> command)
    {
        try
        {
            return await way.RunAsync(command, stream).ConfigureAwait(false);
        }
        catch (EventSourceException e) when (e.InnerException?.InnerException is RedisServerException { Message: ['N', 'O', 'G', 'R', ..] })
        {
            await calls.RunAsync(redis => RedisJobQueue.MakeGroupAsync(redis, stream, keys.Group), stream).ConfigureAwait(false);
            return await way.RunAsync(command, stream).ConfigureAwait(false);
        }
    }
}
