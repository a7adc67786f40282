using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace ClamProxy.Core.Jobs.Redis;

/// <summary>
/// The queue of many machines: a stream for each priority with one consumer group. An entry that its consumer does not renew in time is
/// claimed by another (XAUTOCLAIM); a job that is given back rests in a sorted set. Takers are woken by a channel, and look once a second
/// for what rests or was left. One connection serves all callers, so none blocks on it.
/// </summary>
internal sealed class RedisJobQueue(RedisJobCalls calls, JobOptions options, TimeProvider clock) : IJobQueue
{
    private const string Group = "workers";
    private const string Ages = RedisJobCalls.Prefix + "ages";
    private const string Paused = RedisJobCalls.Prefix + "paused";
    private const string Scans = RedisJobCalls.Prefix + "scans";
    private const string Added = RedisJobCalls.Prefix + "added";
    private static readonly string[] s_streams = [RedisJobCalls.Prefix + "normal", RedisJobCalls.Prefix + "high"];

    private readonly string _consumer = ProcessName.Unique();

    // Texts: a RedisValue has two parts, and takers who read one half written would send what is no value, which ends the connection.
    private readonly string[] _claimFrom = ["0-0", "0-0"];
    private readonly JobTurns _turns = new(clock);
    private ChannelMessageQueue? _channel;
    private long _lookedAt = long.MinValue;

    public string? Problem => calls.Problem;

    public async Task<bool> AddAsync(Job job, CancellationToken cancellationToken) =>
        await AddAsync(job, options.MaxWaiting, cancellationToken).ConfigureAwait(false) > 0;

    public async Task<bool> AddAgainAsync(Job job, CancellationToken cancellationToken) =>
        await AddAsync(job, int.MaxValue, cancellationToken).ConfigureAwait(false) == 2;

    public async Task<TakenJob?> TakeAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        await ListenAsync(cancellationToken).ConfigureAwait(false);
        return await _turns.TakeAsync(
            wait,
            async order => await TakeLeftAsync(cancellationToken).ConfigureAwait(false)
                ?? await TakeNewAsync((int)order[0], cancellationToken).ConfigureAwait(false)
                ?? await TakeNewAsync((int)order[1], cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> RenewAsync(TakenJob taken, CancellationToken cancellationToken) =>
        await OwnedAsync(RedisJobScripts.Renew, taken, [], [], cancellationToken).ConfigureAwait(false);

    public Task CompleteAsync(TakenJob taken, CancellationToken cancellationToken) =>
        OwnedAsync(RedisJobScripts.Complete, taken, [Ages, Scans], [taken.Job.Id], cancellationToken);

    public Task ReturnAsync(TakenJob taken, TimeSpan after, CancellationToken cancellationToken) =>
        ReturnAsync(taken, taken.Attempt, after, cancellationToken);

    public Task GiveBackAsync(TakenJob taken, CancellationToken cancellationToken) =>
        ReturnAsync(taken, taken.Attempt - 1, TimeSpan.Zero, cancellationToken);

    public Task RemoveAsync(Job job, CancellationToken cancellationToken) => RemoveAsync(job.Id, cancellationToken);

    public async Task<int> RemoveOverdueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var scan in await calls.RunAsync(redis => redis.HashGetAllAsync(Scans), cancellationToken).ConfigureAwait(false))
        {
            if (long.TryParse(((string)scan.Value!).Split(' ')[0], out var until) && until < now.ToUnixTimeMilliseconds())
            {
                removed += await RemoveAsync((string)scan.Name!, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }
        }

        return removed;
    }

    public Task<QueueState> StateAsync(CancellationToken cancellationToken) => calls.RunAsync(
        async redis =>
        {
            var (count, oldest) = (redis.SortedSetLengthAsync(Ages), redis.SortedSetRangeByRankWithScoresAsync(Ages, 0, 0));
            var jobs = await count.ConfigureAwait(false);
            return await oldest.ConfigureAwait(false) is [var first]
                ? new QueueState(jobs, DateTimeOffset.FromUnixTimeMilliseconds((long)first.Score))
                : new QueueState(jobs, null);
        },
        cancellationToken);

    public Task<IReadOnlyList<WaitingJobs>> WaitingAsync(CancellationToken cancellationToken) => calls.RunAsync(
        async redis =>
        {
            var facts = (long[])(await redis.ScriptEvaluateAsync(
                RedisJobScripts.Waiting, [s_streams[0], s_streams[1], Paused, Ages], [Group], CommandFlags.NoScriptCache)
                .ConfigureAwait(false))!;
            return (IReadOnlyList<WaitingJobs>)[.. Enum.GetValues<JobPriority>().Select(priority => new WaitingJobs(
                priority,
                facts[2 * (int)priority],
                facts[(2 * (int)priority) + 1] is > 0 and var oldest ? DateTimeOffset.FromUnixTimeMilliseconds(oldest) : null))];
        },
        cancellationToken);

    private static string Text(Job job) => JsonSerializer.Serialize(job, JobJson.Default.Job);

    private static bool IsOfNoGroup(JobStoreException e) =>
        e.InnerException is RedisServerException { Message: var message } && message.StartsWith("NOGROUP", StringComparison.Ordinal);

    /// <param name="tries">How often it has been taken so far.</param>
    private Task<bool> ReturnAsync(TakenJob taken, int tries, TimeSpan after, CancellationToken cancellationToken)
    {
        var paused = string.Create(CultureInfo.InvariantCulture, $"{tries} {(int)taken.Job.Priority} {Text(taken.Job)}");
        var due = clock.GetUtcNow() + after;
        return OwnedAsync(RedisJobScripts.Return, taken, [Paused], [paused, due.ToUnixTimeMilliseconds()], cancellationToken);
    }

    private async Task<int> AddAsync(Job job, int most, CancellationToken cancellationToken) => (int)await calls.RunAsync(
        redis => redis.ScriptEvaluateAsync(
            RedisJobScripts.Add,
            [Ages, s_streams[(int)job.Priority], Scans],
            [job.Id, Text(job), job.AcceptedAt.ToUnixTimeMilliseconds(), most, Added, job.Door?.Until ?? 0],
            CommandFlags.NoScriptCache),
        cancellationToken).ConfigureAwait(false);

    private async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken) => (int)await calls.RunAsync(
        redis => redis.ScriptEvaluateAsync(
            RedisJobScripts.Remove, [Scans, Ages, s_streams[0], s_streams[1]], [id, Group], CommandFlags.NoScriptCache),
        cancellationToken).ConfigureAwait(false) == 1;

    private async Task<bool> OwnedAsync(
        string script, TakenJob taken, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        var lease = RedisLease.Parse(taken.Lease);
        return (int)await calls.RunAsync(
            redis => redis.ScriptEvaluateAsync(
                script,
                [lease.Stream, .. keys],
                [Group, _consumer, lease.Entry, lease.Deliveries, .. arguments],
                CommandFlags.NoScriptCache),
            cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <summary>What rests and is due, and what a consumer left, once a second.</summary>
    private async Task<TakenJob?> TakeLeftAsync(CancellationToken cancellationToken)
    {
        var last = Volatile.Read(ref _lookedAt);
        if (last != long.MinValue && clock.GetElapsedTime(last) < Wakeup.LookAgain)
        {
            return null;
        }

        Volatile.Write(ref _lookedAt, clock.GetTimestamp());
        await calls.RunAsync(
            redis => redis.ScriptEvaluateAsync(
                RedisJobScripts.Promote,
                [Paused, s_streams[0], s_streams[1]],
                [clock.GetUtcNow().ToUnixTimeMilliseconds()],
                CommandFlags.NoScriptCache),
            cancellationToken).ConfigureAwait(false);
        for (var priority = s_streams.Length - 1; priority >= 0; priority--)
        {
            if (await ClaimAsync(priority, cancellationToken).ConfigureAwait(false) is { } claimed)
            {
                // There may be more of its kind.
                Volatile.Write(ref _lookedAt, long.MinValue);
                return claimed;
            }
        }

        return null;
    }

    private async Task<TakenJob?> ClaimAsync(int priority, CancellationToken cancellationToken)
    {
        var stream = s_streams[priority];
        var claimed = await InGroupAsync(
            redis => redis.StreamAutoClaimAsync(
                stream, Group, _consumer, (long)options.LeaseTime.TotalMilliseconds, _claimFrom[priority], count: 1),
            cancellationToken).ConfigureAwait(false);
        _claimFrom[priority] = (string?)claimed.NextStartId ?? "0-0";
        if (claimed.ClaimedEntries is not [var entry])
        {
            return null;
        }

        var pending = await calls.RunAsync(
            redis => redis.StreamPendingMessagesAsync(stream, Group, 1, _consumer, entry.Id, entry.Id), cancellationToken)
            .ConfigureAwait(false);
        return pending is [var one] ? await TakenOfAsync(stream, entry, one.DeliveryCount, cancellationToken).ConfigureAwait(false) : null;
    }

    private async Task<TakenJob?> TakeNewAsync(int priority, CancellationToken cancellationToken)
    {
        var stream = s_streams[priority];
        var entries = await InGroupAsync(
            redis => redis.StreamReadGroupAsync(stream, Group, _consumer, StreamPosition.NewMessages, count: 1), cancellationToken)
            .ConfigureAwait(false);
        return entries is [var entry] ? await TakenOfAsync(stream, entry, 1, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>One that cannot be read is left to processes that may be able to, and goes in the end.</summary>
    private async Task<TakenJob> TakenOfAsync(string stream, StreamEntry entry, long deliveries, CancellationToken cancellationToken)
    {
        var attempt = (entry["tries"].TryParse(out long tries) ? tries : 0) + deliveries;
        try
        {
            return new TakenJob(JobJson.ReadJob(entry["job"]), (int)attempt, new RedisLease(stream, entry.Id!, deliveries).Text);
        }
        catch (JobStoreException) when (attempt > options.Attempts)
        {
            await calls.RunAsync(redis => redis.StreamDeleteAsync(stream, [entry.Id]), cancellationToken).ConfigureAwait(false);
            await calls.RunAsync(redis => redis.StreamAcknowledgeAsync(stream, Group, entry.Id), cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The group is made where it is not there: at first, and after Redis has lost its data.</summary>
    private async Task<T> InGroupAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        try
        {
            return await calls.RunAsync(command, cancellationToken).ConfigureAwait(false);
        }
        catch (JobStoreException e) when (IsOfNoGroup(e))
        {
            foreach (var stream in s_streams)
            {
                await calls.RunAsync(redis => MakeGroupAsync(redis, stream, Group), cancellationToken).ConfigureAwait(false);
            }

            return await calls.RunAsync(command, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes a group, which reads a stream from its beginning, where it is not there.</summary>
    internal static async Task<bool> MakeGroupAsync(IDatabase redis, string stream, string group)
    {
        try
        {
            return await redis.StreamCreateConsumerGroupAsync(stream, group, "0", createStream: true).ConfigureAwait(false);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            return false;
        }
    }

    /// <summary>
    /// Listens for what is added, once: the client subscribes anew by itself after a reconnection. Where it cannot be done now, or an
    /// access list forbids it, the look once a second finds what is added.
    /// </summary>
    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _channel) is not null)
        {
            return;
        }

        ChannelMessageQueue channel;
        try
        {
            channel = await calls.RunAsync(
                redis => redis.Multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(Added)), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (JobStoreException)
        {
            return;
        }

        if (Interlocked.CompareExchange(ref _channel, channel, null) is null)
        {
            channel.OnMessage(_ => _turns.Added());
        }
        else
        {
            await channel.UnsubscribeAsync().ConfigureAwait(false);
        }
    }
}
