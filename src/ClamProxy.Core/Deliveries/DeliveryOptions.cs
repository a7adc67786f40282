using ClamProxy.Core.Redis;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Deliveries;

/// <summary>The record of who took what, and for how long it is kept.</summary>
public sealed class DeliveryOptions : ISettings
{
    private const double Day = 24 * 60 * 60;

    private const string NeedsKey =
        "with RECORD_URL it takes the folder of names.key, which all processes need the same of, if RECORD_HASHED=true, and else nothing";

    public static string Section => "Record";

    /// <summary>
    /// The folder of the record; made where it does not exist. Several processes of one machine and user may share it. Default: unset, the
    /// folder <c>record</c> in DATA_PATH; without that one there is no record.
    /// </summary>
    [Setting("takes the path of a folder that ClamProxy may create and write to", Variable = "RECORD_PATH")]
    public string Path { get; init; } = "";

    /// <summary>
    /// The Redis that holds the record of many machines, which all find there what others delivered; not one that evicts keys. Default:
    /// unset, the record is in a folder.
    /// </summary>
    /// <remarks>Holds a password: never logged or shown.</remarks>
    [Setting("a URL as REDIS_URL does, such as redis://redis:6379/1", Variable = "RECORD_URL")]
    public string Url { get; init; } = "";

    /// <summary>How long it is kept who took a content; 0: there is no record. Default: 30 days.</summary>
    [Setting("takes a time from 0 (no record) to 3650 days, such as 30.00:00:00", Variable = "RECORD_FOR", Min = 0, Max = 3650 * Day)]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// The most that the record takes on the disk; the rows that are longest out of use go first. A few MB more are written beside it.
    /// Default: 1 GiB, about 3 million rows. A file that was larger does not shrink: its room is used again.
    /// </summary>
    [Setting("takes bytes from 1M to 1024G", Variable = "RECORD_SIZE", Bytes = true, Min = 1 << 20, Max = 1L << 40)]
    public long Size { get; init; } = 1L << 30;

    /// <summary>
    /// Whether clients and users are kept as keyed hashes (HMAC-SHA-256, with a key in the record's folder): who has the record and not the
    /// key cannot tell who they are, and what one of them took can be found all the same. Default: false.
    /// </summary>
    [Setting("takes true or false", Variable = "RECORD_HASHED")]
    public bool Hashed { get; init; }

    /// <summary>How long deliveries are collected before they are written together. Default: 500 ms.</summary>
    [Setting("takes a time from 00:00:00.01 to 00:01:00", Min = 0.01, Max = 60)]
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How many rows may wait to be written. Default: 8,192, which take up to 4 MB; alike deliveries are one.
    /// </summary>
    [Setting("takes a whole number from 1 to 1000000", Min = 1, Max = 1_000_000)]
    public int MaxPending { get; init; } = 8192;

    /// <summary>
    /// How long a request that is over may wait for a place among them; then its delivery is not recorded, which is counted and logged.
    /// Default: 1 s.
    /// </summary>
    [Setting("takes a time from 0 to 1 minute, such as 1s", Min = 0, Max = 60)]
    public TimeSpan WaitFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many of those who took a content one log line names. Default: 20.</summary>
    [Setting("takes a whole number from 1 to 1000", Min = 1, Max = 1000)]
    public int MaxNamed { get; init; } = 20;

    /// <summary>How many rows one answer to <c>clamproxy recall</c> has; it says how many there are. Default: 10,000.</summary>
    [Setting("takes a whole number from 1 to 100000", Min = 1, Max = 100_000)]
    public int MaxRecalled { get; init; } = 10_000;

    /// <summary>The folder of jobs, where the record is without a path of its own; empty: there is none.</summary>
    public string DataPath { get; set; } = "";

    /// <summary>Whether there is to be a record.</summary>
    public bool IsOn => KeepFor > TimeSpan.Zero && (Url.Length > 0 || Folder.Length > 0);

    internal string Folder => Path.Length > 0 ? Path : DataPath.Length > 0 ? System.IO.Path.Combine(DataPath, "record") : "";

    public IEnumerable<SettingProblem> Problems()
    {
        if (Url.Length == 0)
        {
            yield break;
        }

        if (RedisUrl.Parse(Url) is { Problem: { } problem })
        {
            yield return new(nameof(Url), RedisAddress.MaskUrl(Url), $"{RedisUrl.Takes}; {problem}");
        }

        if (Hashed != (Path.Length > 0))
        {
            yield return new(nameof(Path), Path, NeedsKey);
        }
    }
}
