using ClamProxy.Core.Jobs.Doors;
using StackExchange.Redis;

namespace ClamProxy.Core.Jobs.Redis;

/// <summary>
/// What doors and workers of many machines tell each other: a list of answers for each process that waits, and a key for each process with
/// workers. All of them end by themselves. A channel wakes whoever waits.
/// </summary>
internal sealed class RedisScanExchange(RedisJobCalls calls, TimeProvider clock) : IScanExchange
{
    private const int MostAtOnce = 100;
    private const string Names = RedisJobCalls.Prefix + "workers";

    /// <summary>KEYS: answers. ARGV: answer, life in ms, channel.</summary>
    private const string Answer = """
        redis.call('RPUSH', KEYS[1], ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        redis.call('PUBLISH', ARGV[3], '1')
        return 1
        """;

    private readonly Wakeup _told = new(clock);
    private ChannelMessageQueue? _channel;

    public Task AnswerAsync(string asker, ScanAnswer answer, TimeSpan life, CancellationToken cancellationToken) => calls.RunAsync(
        redis => redis.ScriptEvaluateAsync(
            Answer,
            [KeyOf(asker)],
            [ExchangeJson.Write(answer), (long)Math.Max(1, life.TotalMilliseconds), ChannelOf(asker)],
            CommandFlags.NoScriptCache),
        cancellationToken);

    public async Task<IReadOnlyList<ScanAnswer>> TakeAnswersAsync(string asker, TimeSpan wait, CancellationToken cancellationToken)
    {
        await ListenAsync(asker, cancellationToken).ConfigureAwait(false);
        return await _told.LookAsync(
            wait,
            async () => ExchangeJson.ReadAnswers(
                (await calls.RunAsync(redis => redis.ListLeftPopAsync(KeyOf(asker), MostAtOnce), cancellationToken)
                    .ConfigureAwait(false) ?? []).Select(text => (string)text!)),
            found => found.Count > 0,
            cancellationToken).ConfigureAwait(false);
    }

    public Task ReportAsync(WorkerReport report, TimeSpan life, CancellationToken cancellationToken) => calls.RunAsync(
        async redis =>
        {
            var named = redis.SetAddAsync(Names, report.Name);
            await redis.StringSetAsync(WorkerOf(report.Name), ExchangeJson.Write(report), life).ConfigureAwait(false);
            return await named.ConfigureAwait(false);
        },
        cancellationToken);

    public async Task<IReadOnlyList<WorkerReport>> WorkersAsync(CancellationToken cancellationToken) => await calls.RunAsync(
        async redis =>
        {
            var names = await redis.SetMembersAsync(Names).ConfigureAwait(false);
            var reports = await Task.WhenAll(names.Select(name => redis.StringGetAsync(WorkerOf(name!)))).ConfigureAwait(false);
            foreach (var (name, report) in names.Zip(reports).Where(worker => worker.Second.IsNull))
            {
                await redis.SetRemoveAsync(Names, name).ConfigureAwait(false);
            }

            return ExchangeJson.ReadReports(reports.Select(report => (string?)report));
        },
        cancellationToken).ConfigureAwait(false);

    /// <summary>Nothing: all of it ends by itself.</summary>
    public Task SweepAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string KeyOf(string asker) => $"{RedisJobCalls.Prefix}answers:{asker}";

    private static string ChannelOf(string asker) => $"{RedisJobCalls.Prefix}answered:{asker}";

    private static string WorkerOf(string name) => $"{RedisJobCalls.Prefix}worker:{name}";

    /// <summary>Once: the client subscribes anew by itself. Where it cannot be done, the look once a second finds what came.</summary>
    private async Task ListenAsync(string asker, CancellationToken cancellationToken)
    {
        if (_channel is not null)
        {
            return;
        }

        try
        {
            _channel = await calls.RunAsync(
                redis => redis.Multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(ChannelOf(asker))), cancellationToken)
                .ConfigureAwait(false);
            _channel.OnMessage(_ => _told.Wake());
        }
        catch (JobStoreException)
        {
            // Tried again with the next wait.
        }
    }
}
