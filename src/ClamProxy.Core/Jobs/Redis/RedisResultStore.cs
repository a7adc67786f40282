using System.Text.Json;
using StackExchange.Redis;

namespace ClamProxy.Core.Jobs.Redis;

/// <summary>The results of many machines: a hash for each, which ends by itself, and sorted sets that say which there are.</summary>
internal sealed class RedisResultStore(RedisJobCalls calls, JobOptions options) : IResultStore
{
    private const string All = RedisJobCalls.Prefix + "results";

    /// <summary>The sweep ends results; this ends those that no sweep finds.</summary>
    private static readonly TimeSpan s_longer = TimeSpan.FromDays(1);

    public Task AddAsync(Job job, CancellationToken cancellationToken) => calls.RunAsync(
        redis => redis.ScriptEvaluateAsync(
            RedisJobScripts.Pending,
            [KeyOf(job.Id), All, OfStatus(JobStatus.Pending)],
            [job.Id, Text(job), job.AcceptedAt.ToUnixTimeMilliseconds()],
            CommandFlags.NoScriptCache),
        cancellationToken);

    public Task<bool> FinishAsync(Job job, JobOutcome outcome, CancellationToken cancellationToken) =>
        FinishAsync(job, outcome, mustBeKnown: false, cancellationToken);

    public Task<bool> FinishKnownAsync(Job job, JobOutcome outcome, CancellationToken cancellationToken) =>
        FinishAsync(job, outcome, mustBeKnown: true, cancellationToken);

    private async Task<bool> FinishAsync(Job job, JobOutcome outcome, bool mustBeKnown, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [KeyOf(job.Id), All, OfStatus(JobStatus.Pending), OfStatus(outcome.Status)];
        return (int)await calls.RunAsync(
            redis => redis.ScriptEvaluateAsync(
                RedisJobScripts.Finish,
                outcome.Sha256 is { } sha256 ? [.. keys, OfContent(sha256)] : keys,
                [
                    job.Id, Text(job), JsonSerializer.Serialize(outcome, JobJson.Default.JobOutcome),
                    job.AcceptedAt.ToUnixTimeMilliseconds(), (long)(options.KeepFor + s_longer).TotalMilliseconds, mustBeKnown,
                ],
                CommandFlags.NoScriptCache),
            cancellationToken).ConfigureAwait(false) == 1;
    }

    public Task<JobRecord?> FindAsync(string id, CancellationToken cancellationToken) =>
        calls.RunAsync(redis => ReadAsync(redis, id), cancellationToken);

    public async Task<ResultPage> ListAsync(ResultFilter filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var (accepted, id) = ResultCursor.Parse(cursor);
        return await calls.RunAsync(redis => ListAsync(redis, filter, accepted, id, limit), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>In one step; an outcome that comes meanwhile is looked at first, for it says where else the id is.</summary>
    public async Task<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var deleted = await calls.RunAsync(redis => DeleteAsync(redis, id), cancellationToken).ConfigureAwait(false);
            if (deleted >= 0)
            {
                return deleted == 1;
            }
        }
    }

    private static async Task<int> DeleteAsync(IDatabase redis, string id)
    {
        var outcome = (string?)await redis.HashGetAsync(KeyOf(id), "outcome").ConfigureAwait(false);
        RedisKey[] keys = [KeyOf(id), All, .. Enum.GetValues<JobStatus>().Select(OfStatus)];
        return (int)await redis.ScriptEvaluateAsync(
            RedisJobScripts.Delete,
            ContentOf(outcome) is { } sha256 ? [.. keys, OfContent(sha256)] : keys,
            [id, outcome ?? ""],
            CommandFlags.NoScriptCache).ConfigureAwait(false);
    }

    private static string? ContentOf(string? outcome)
    {
        try
        {
            return outcome is null ? null : JobJson.ReadOutcome(outcome).Sha256;
        }
        catch (JobStoreException)
        {
            // It is in the set of no content that is known; that set ends by itself.
            return null;
        }
    }

    private static RedisKey KeyOf(string id) => $"{RedisJobCalls.Prefix}result:{id}";

    private static RedisKey OfStatus(JobStatus status) => $"{RedisJobCalls.Prefix}status:{status.Name()}";

    private static RedisKey OfContent(string sha256) => $"{RedisJobCalls.Prefix}sha256:{sha256}";

    private static string Text(Job job) => JsonSerializer.Serialize(job, JobJson.Default.Job);

    private static async Task<JobRecord?> ReadAsync(IDatabase redis, string id)
    {
        var fields = await redis.HashGetAsync(KeyOf(id), ["job", "outcome"]).ConfigureAwait(false);
        return fields[0].IsNull
            ? null
            : new JobRecord(JobJson.ReadJob(fields[0]), fields[1].IsNull ? null : JobJson.ReadOutcome(fields[1]));
    }

    /// <summary>One that cannot be read is in no list: whoever asks for it by its id is told.</summary>
    private static async Task<(JobRecord? Record, bool IsUnreadable)> TryReadAsync(IDatabase redis, string id)
    {
        try
        {
            return (await ReadAsync(redis, id).ConfigureAwait(false), false);
        }
        catch (JobStoreException)
        {
            return (null, true);
        }
    }

    /// <summary>Reads the narrowest set from its newest end; what has ended by itself leaves the set.</summary>
    private static async Task<ResultPage> ListAsync(IDatabase redis, ResultFilter filter, long accepted, string id, int limit)
    {
        var set = filter.Sha256 is { } sha256 ? OfContent(sha256) : filter.Status is { } status ? OfStatus(status) : All;
        double newest = Math.Min(accepted, filter.Until is { } until ? until.ToUnixTimeMilliseconds() - 1 : long.MaxValue);
        double oldest = filter.Since?.ToUnixTimeMilliseconds() ?? 0;
        var records = new List<JobRecord>();
        for (var skip = 0L; ;)
        {
            var part = await redis.SortedSetRangeByScoreWithScoresAsync(
                set, oldest, newest, order: Order.Descending, skip: skip, take: limit + 1).ConfigureAwait(false);
            foreach (var found in part)
            {
                if (found.Score >= accepted && string.CompareOrdinal(found.Element, id) >= 0)
                {
                    continue;
                }

                var (record, isUnreadable) = await TryReadAsync(redis, found.Element!).ConfigureAwait(false);
                if (isUnreadable)
                {
                    continue;
                }

                if (record is null)
                {
                    await redis.SortedSetRemoveAsync(set, found.Element).ConfigureAwait(false);
                    skip--;
                }
                else if (filter.Status is null || record.Status == filter.Status)
                {
                    records.Add(record);
                }

                if (records.Count > limit)
                {
                    records.RemoveAt(limit);
                    return new ResultPage(records, ResultCursor.After(records[^1].Job));
                }
            }

            if (part.Length <= limit)
            {
                return new ResultPage(records, null);
            }

            skip += part.Length;
        }
    }
}
