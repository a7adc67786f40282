using ClamProxy.TestKit;

namespace ClamProxy.Soak.Jobs;

/// <summary>
/// A redis-server that writes each command to its disk before it answers (appendfsync always), behind a relay for each process.
/// </summary>
internal sealed class RedisUnderTest : IQueueUnderTest
{
    private readonly RedisProcess _redis;
    private readonly Dictionary<JobPart, FlakyRelay> _relays;

    private RedisUnderTest(RedisProcess redis)
    {
        _redis = redis;
        _relays = new[] { JobPart.Api, JobPart.Worker }.ToDictionary(role => role, _ => new FlakyRelay(redis.Port));
    }

    public bool IsPerMachine => false;

    public static async Task<IQueueUnderTest> StartAsync() =>
        new RedisUnderTest(await RedisProcess.StartAsync(null, "--appendonly", "yes", "--appendfsync", "always"));

    public IReadOnlyDictionary<string, string> VariablesOf(JobPart role) =>
        new Dictionary<string, string> { ["QUEUE_URL"] = $"redis://127.0.0.1:{_relays[role].Port}" };

    public IEnumerable<JobDeath> DeathsAt(JobStep step)
    {
        yield return JobDeath.Killed;
        if (!step.IsBefore && !step.Call.StartsWith("IObjectStore", StringComparison.Ordinal))
        {
            yield return JobDeath.AnswerLost;
        }
    }

    public Task FailAsync(JobDeath death) => _redis.KillAsync();

    public Task RecoverAsync() => _redis.RestartAsync();

    public Task DoUnlockedAsync(string dataPath, Action action)
    {
        action();
        return Task.CompletedTask;
    }

    /// <remarks>Its streams stay, with their groups, and are empty; what the workers that run say of themselves is no job's.</remarks>
    public async Task<IReadOnlyList<string>> LeftAsync(IReadOnlyCollection<string> dataPaths)
    {
        var left = new List<string>();
        var keys = await _redis.AskAsync("KEYS", "{clamproxy:v1:jobs}:*") ?? "";
        foreach (var key in keys.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(key => !key.Contains("}:worker", StringComparison.Ordinal)))
        {
            var isStream = await _redis.AskAsync("TYPE", key) == "+stream";
            if (!isStream || await _redis.AskAsync("XLEN", key) != ":0")
            {
                left.Add($"in Redis: {key} {(isStream ? await _redis.AskAsync("XRANGE", key, "-", "+") : "")}");
            }
        }

        return left;
    }

    public LostAnswers LoseAnswersTo(JobPart role)
    {
        var relay = _relays[role];
        return new LostAnswers(relay.LoseAnswers(), () => relay.Mode = RelayMode.Pass);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays.Values)
        {
            await relay.DisposeAsync();
        }

        await _redis.DisposeAsync();
    }
}
