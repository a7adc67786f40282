using System.Globalization;
using System.Text.Json;
using ClamProxy.Core.Jobs.Callbacks;
using StackExchange.Redis;

namespace ClamProxy.Core.Jobs.Redis;

/// <summary>
/// The callbacks of many machines: a hash for each job, which ends by itself, and sorted sets that say which are due when. A lease is known
/// by its end.
/// </summary>
internal sealed class RedisCallbackStore(RedisJobCalls calls, JobOptions jobs, CallbackOptions options, TimeProvider clock) : ICallbackStore
{
    private const string Waiting = RedisJobCalls.Prefix + "callbacks-waiting";
    private const string Due = RedisJobCalls.Prefix + "callbacks-due";
    private const string Taken = RedisJobCalls.Prefix + "callbacks-taken";

    /// <summary>The end of a job ends its callbacks; this ends those that no sweep finds.</summary>
    private static readonly TimeSpan s_longer = TimeSpan.FromDays(1);

    private long Life => (long)(jobs.KeepFor + s_longer).TotalMilliseconds;

    public async Task<CallbackAddition> AddAsync(
        Callback callback, DateTimeOffset due, int most, CancellationToken cancellationToken) =>
        (CallbackAddition)await RunAsync(
            RedisCallbackScripts.Add,
            AllKeys(callback.JobId),
            [
                MemberOf(callback.JobId, callback.Key), callback.Key, Text(callback), SetOf(callback.State),
                due.ToUnixTimeMilliseconds(), most, Life,
            ],
            cancellationToken).ConfigureAwait(false);

    public Task<IReadOnlyList<Callback>> ListAsync(string jobId, CancellationToken cancellationToken) => calls.RunAsync(
        async redis =>
        {
            var values = await redis.HashValuesAsync(KeyOf(jobId)).ConfigureAwait(false);
            return (IReadOnlyList<Callback>)[.. values.Select(Read).OrderBy(callback => callback.AddedAt)];
        },
        cancellationToken);

    public async Task<bool> RemoveAsync(string jobId, string url, CancellationToken cancellationToken)
    {
        var key = Callback.KeyOf(url);
        return await RunAsync(RedisCallbackScripts.Remove, AllKeys(jobId), [MemberOf(jobId, key), key], cancellationToken)
            .ConfigureAwait(false) == 1;
    }

    public Task<int> RemoveAllAsync(string jobId, CancellationToken cancellationToken) =>
        RunAsync(RedisCallbackScripts.RemoveAll, AllKeys(jobId), [MemberOf(jobId, "")], cancellationToken);

    public Task WakeAsync(string jobId, CancellationToken cancellationToken) => RunAsync(
        RedisCallbackScripts.Wake, [Waiting, Due, KeyOf(jobId)], [MemberOf(jobId, ""), Now()], cancellationToken);

    public async Task<TakenCallback?> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var until = Now() + (long)options.LeaseTime.TotalMilliseconds;
            var member = (string?)await calls.RunAsync(
                redis => redis.ScriptEvaluateAsync(
                    RedisCallbackScripts.Take, [Waiting, Due, Taken], [Now(), until], CommandFlags.NoScriptCache),
                cancellationToken).ConfigureAwait(false);
            if (member is null)
            {
                return null;
            }

            var end = member.LastIndexOf(' ');
            var text = await calls.RunAsync(redis => redis.HashGetAsync(KeyOf(member[..end]), member[(end + 1)..]), cancellationToken)
                .ConfigureAwait(false);
            if (!text.IsNull)
            {
                return new TakenCallback(Read(text), until.ToString(CultureInfo.InvariantCulture));
            }

            // Its hash has ended by itself.
            await calls.RunAsync(redis => redis.SortedSetRemoveAsync(Taken, member), cancellationToken).ConfigureAwait(false);
        }
    }

    public Task SettleAsync(TakenCallback taken, Callback now, DateTimeOffset? due, CancellationToken cancellationToken) => RunAsync(
        RedisCallbackScripts.Settle,
        AllKeys(now.JobId),
        [
            MemberOf(now.JobId, now.Key), taken.Lease, now.Key, Text(now), due is null ? 0 : SetOf(now.State),
            due?.ToUnixTimeMilliseconds() ?? 0, Life,
        ],
        cancellationToken);

    /// <summary>The place among <see cref="AllKeys"/>, counted from 1, of the set that holds callbacks in this state.</summary>
    private static int SetOf(CallbackState state) => state is CallbackState.Waiting ? 1 : 2;

    private static RedisKey[] AllKeys(string jobId) => [Waiting, Due, Taken, KeyOf(jobId)];

    private static RedisKey KeyOf(string jobId) => $"{RedisJobCalls.Prefix}callbacks:{jobId}";

    private static RedisValue MemberOf(string jobId, string key) => $"{jobId} {key}";

    private static Callback Read(RedisValue text) => JsonSerializer.Deserialize((string)text!, CallbackJson.Default.Callback)!;

    private static string Text(Callback callback) => JsonSerializer.Serialize(callback, CallbackJson.Default.Callback);

    private async Task<int> RunAsync(string script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken) =>
        (int)await calls.RunAsync(
            redis => redis.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.NoScriptCache), cancellationToken)
            .ConfigureAwait(false);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
