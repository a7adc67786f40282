using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Verdicts;

/// <summary>How many verdicts are kept, for how long, and whether they are signed.</summary>
public sealed class VerdictOptions : ISettings
{
    private const int LeastKeyLength = 32;
    private const string KeysTaken = "takes a secret of at least 32 characters, such as 64 random hex digits; several separated by "
        + "commas: the first signs, all are accepted";

    public static string Section => "Verdicts";

    /// <summary>
    /// Secrets that records in Redis are signed with (HMAC-SHA-256), the same for all instances: the first signs, each is accepted, so that
    /// keys can be changed one after the other. Records without a right signature are misses. Default: unset, records are believed as they
    /// are.
    /// </summary>
    /// <remarks>Never logged or shown.</remarks>
    [Setting(KeysTaken, Variable = "VERDICT_KEY", Secret = true)]
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
    /// The memory that these records may take together, in bytes: upstream chooses how long its ETag is, up to records of 2 KiB. Default 64
    /// MiB, which 100,000 ordinary records do not fill.
    /// </summary>
    [Setting("takes bytes from 1M to 64G", Bytes = true, Min = 1 << 20, Max = 64L << 30)]
    public long MemoryBytes { get; set; } = 64 << 20;

    /// <summary>
    /// How many URLs and contents an operator may have forgotten one by one at the same time (<c>clamproxy forget</c>); with one more,
    /// <c>--all</c> is to be used. Default 1,000, range 1 to 100,000: a set of 100 KB that all processes exchange.
    /// </summary>
    [Setting("a number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxForgotten { get; set; } = 1_000;

    /// <summary>
    /// How long each of them stays marked. An answer that was stored before, and that nobody asked for in this time, may be served again.
    /// Default 30 days, range 1 hour to 365 days.
    /// </summary>
    [Setting("a time from 1 hour to 365 days, such as 30d", Min = 3_600, Max = 365 * 86_400.0)]
    public TimeSpan ForgottenFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How often processes exchange what was forgotten, and that signatures changed, by Redis and by a file in the store. Default 2
    /// seconds, range 100 milliseconds to 1 minute: one small call.
    /// </summary>
    [Setting("a time such as 2s, 100 milliseconds to 1 minute", Min = 0.1, Max = 60)]
    public TimeSpan CutoffInterval { get; set; } = TimeSpan.FromSeconds(2);

    public IEnumerable<SettingProblem> Problems()
    {
        // Not one character of a wrong one is shown.
        foreach (var _ in Keys.Where(key => key.Length < LeastKeyLength))
        {
            yield return new SettingProblem(nameof(Keys), "***", KeysTaken);
        }
    }
}
