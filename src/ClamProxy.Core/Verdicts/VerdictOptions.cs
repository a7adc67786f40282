using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Verdicts;

/// <summary>Where verdicts are kept, for how long, and how long a request waits for them.</summary>
public sealed class VerdictOptions : ISettings
{
    private const int LeastKeyLength = 32;
    private const string KeysTaken = "takes a secret of at least 32 characters, such as 64 random hex digits; several separated by commas: the first signs, all are accepted";

    public static string Section => "Verdicts";

    /// <summary>The Redis that all instances share. Default: unset, each process keeps its own verdicts in memory.</summary>
    /// <remarks>Holds a password: never logged or shown; <see cref="RedisAddress"/> masks it.</remarks>
    [Setting(RedisAddress.Takes, Variable = "REDIS_URL")]
    public string? RedisUrl { get; set; }

    internal bool UsesRedis => !string.IsNullOrEmpty(RedisUrl);

    /// <summary>
    /// Secrets that records in Redis are signed with (HMAC-SHA-256), the same for all instances: the first signs, each is accepted, so that keys can be changed one
    /// after the other. Records without a right signature are misses. Default: unset, records are believed as they are.
    /// </summary>
    /// <remarks>Never logged or shown.</remarks>
    [Setting(KeysTaken, Variable = "VERDICT_KEY")]
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>
    /// The life of a verdict, never extended by a read. Default 24 hours, range 1 second to 365 days. One day is about as
    /// often as ClamAV's official databases change, so that a verdict rarely outlives the signatures it was made with.
    /// </summary>
    [Setting("a time such as 24:00:00 (24 hours), 1 second to 365 days", Variable = "CACHE_TTL", Min = 1, Max = 365 * 86_400.0)]
    public TimeSpan CacheTtl { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How many records the in-process store holds before the least recently used makes room. Default 100,000, range 1 to
    /// 10,000,000. A file takes two records (target and content). Measured: about 540 bytes a record, so 100,000 records
    /// (50,000 files) are 54 MB.
    /// </summary>
    [Setting("a number of records, 1 to 10000000", Min = 1, Max = 10_000_000)]
    public int MemoryEntries { get; set; } = 100_000;

    /// <summary>
    /// The memory that these records may take together, in bytes: upstream chooses how long its ETag is, up to records of 2 KiB. Default 64 MiB, which
    /// 100,000 ordinary records do not fill.
    /// </summary>
    [Setting("takes bytes from 1M to 64G", Bytes = true, Min = 1 << 20, Max = 64L << 30)]
    public long MemoryBytes { get; set; } = 64 << 20;

    /// <summary>
    /// How long one call to Redis may take, connecting included, before it counts as a miss. Default 250 milliseconds,
    /// range 10 milliseconds to 10 seconds. Redis answers in well under a millisecond; 200 milliseconds is the least that
    /// Linux waits before it sends a lost packet again, so 250 lets one lost packet pass unnoticed.
    /// </summary>
    [Setting("a time such as 00:00:00.250, 10 milliseconds to 10 seconds", Min = 0.01, Max = 10)]
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How many calls in a row must fail before Redis is not asked for a while. Default 5, range 1 to 1000. A single
    /// client then waits for a dead Redis five times at most; one reset connection is fewer failures than that.
    /// </summary>
    [Setting("a number of calls, 1 to 1000", Min = 1, Max = 1_000)]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>
    /// How long Redis is not asked at first. Default 1 second, range 10 milliseconds to 1 hour: what a restart of Redis takes. Doubled each
    /// time it still does not answer, up to <see cref="BreakerRestMax"/>, and varied by a fifth so that many instances do
    /// not come back together.
    /// </summary>
    [Setting("a time such as 00:00:01, 10 milliseconds to 1 hour", Min = 0.01, Max = 3_600)]
    public TimeSpan BreakerRest { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The longest time for which Redis is not asked. Default 15 seconds, range 10 milliseconds to 1 hour: one call in 15 seconds that waits for
    /// <see cref="RedisTimeout"/> costs nothing that a user notices.
    /// </summary>
    [Setting("a time such as 00:00:15, not below BreakerRest, at most 1 hour", Min = 0.01, Max = 3_600)]
    public TimeSpan BreakerRestMax { get; set; } = TimeSpan.FromSeconds(15);

    public IEnumerable<SettingProblem> Problems()
    {
        if (!string.IsNullOrEmpty(RedisUrl) && RedisAddress.Parse(RedisUrl) is { Problem: { } problem })
        {
            yield return new SettingProblem(nameof(RedisUrl), RedisAddress.MaskUrl(RedisUrl), $"{RedisAddress.Takes}; {problem}");
        }

        // Not one character of a wrong one is shown.
        foreach (var _ in Keys.Where(key => key.Length < LeastKeyLength))
        {
            yield return new SettingProblem(nameof(Keys), "***", KeysTaken);
        }

        if (BreakerRestMax < BreakerRest)
        {
            yield return new SettingProblem(nameof(BreakerRestMax), BreakerRestMax.ToString("c"), $"a time not below BreakerRest ({BreakerRest:c})");
        }
    }
}
