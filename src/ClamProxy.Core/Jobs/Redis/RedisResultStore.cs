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

    public async Task<bool> FinishAsync(Job job, JobOutcome outcome, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [KeyOf(job.Id), All, OfStatus(JobStatus.Pending), OfStatus(outcome.Status)];
        return (int)await calls.RunAsync(
            redis => redis.ScriptEvaluateAsync(
                RedisJobScripts.Finish,
                outcome.Sha256 is { } sha256 ? [.. keys, OfContent(sha256)] : keys,
                [
                    job.Id, Text(job), JsonSerializer.Serialize(outcome, JobJson.Default.JobOutcome),
                    job.AcceptedAt.ToUnixTimeMilliseconds(), (long)(options.KeepFor + s_longer).TotalMilliseconds,
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

    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) => calls.RunAsync(
        async redis =>
        {
            var record = await ReadAsync(redis, id).ConfigureAwait(false);
            var isGone = await redis.KeyDeleteAsync(KeyOf(id)).ConfigureAwait(false);
            await redis.SortedSetRemoveAsync(All, id).ConfigureAwait(false);
            await redis.SortedSetRemoveAsync(OfStatus(record?.Status ?? JobStatus.Pending), id).ConfigureAwait(false);
            if (record?.Outcome?.Sha256 is { } sha256)
            {
                await redis.SortedSetRemoveAsync(OfContent(sha256), id).ConfigureAwait(false);
            }

            return isGone;
        },
        cancellationToken);

    private static RedisKey KeyOf(string id) => $"{RedisJobCalls.Prefix}result:{id}";

    private static RedisKey OfStatus(JobStatus status) => $"{RedisJobCalls.Prefix}status:{status.Name()}";

    private static RedisKey OfContent(string sha256) => $"{RedisJobCalls.Prefix}sha256:{sha256}";

    private static string Text(Job job) => JsonSerializer.Serialize(job, JobJson.Default.Job);

    private static async Task<JobRecord?> ReadAsync(IDatabase redis, string id)
    {
        var fields = await redis.HashGetAsync(KeyOf(id), ["job", "outcome"]).ConfigureAwait(false);
        return fields[0].IsNull ? null : new JobRecord(
            JsonSerializer.Deserialize((string)fields[0]!, JobJson.Default.Job)!,
            fields[1].IsNull ? null : JsonSerializer.Deserialize((string)fields[1]!, JobJson.Default.JobOutcome));
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

                var record = await ReadAsync(redis, found.Element!).ConfigureAwait(false);
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
