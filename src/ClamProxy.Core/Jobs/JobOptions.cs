using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Jobs;

/// <summary>How jobs are kept and worked on.</summary>
public sealed class JobOptions : ISettings
{
    private const double Day = 24 * 60 * 60;
    private const string QueueTakes = "takes a URL as REDIS_URL does, such as redis://redis:6379/1, or kafka://host:port,host:port";
    private const string AreaTakes = "takes a path of plain names without leading and trailing /, such as processed; empty for none";

    public static string Section => "Jobs";

    /// <summary>
    /// The folder of queue, results and contents on one machine; made where it does not exist. Several processes of one user may share
    /// it. Default: unset, which only doors that need it refuse.
    /// </summary>
    [Setting("takes the path of a folder that ClamProxy may create and write to", Variable = "DATA_PATH")]
    public string DataPath { get; init; } = "";

    /// <summary>
    /// The queue and the results that several machines share. Default: unset, SQLite in DATA_PATH. Holds a password: never logged or shown.
    /// </summary>
    [Setting(QueueTakes, Variable = "QUEUE_URL")]
    public string QueueUrl { get; init; } = "";

    /// <summary>How long one call to that queue may take. Default: 5 s, range 10 ms to 1 minute.</summary>
    [Setting("takes a time from 00:00:00.01 to 00:01:00", Min = 0.01, Max = 60)]
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Jobs that one process works on at once. Default: 8: half of a small job's time is its queue's and its disk's, so that four scans at
    /// once keep scanners busy (<c>bench/jobs.py</c>: 0.75 and 0.62 of the bare scanner with SQLite and Redis, 0.60 and 0.32 with four).
    /// </summary>
    [Setting("takes a whole number from 1 to 1000", Variable = "WORKER_POOL", Min = 1, Max = 1000)]
    public int WorkerPool { get; init; } = 8;

    /// <summary>How often a job is tried before it ends as ERROR. Default: 5.</summary>
    [Setting("takes a whole number from 1 to 100", Variable = "JOB_ATTEMPTS", Min = 1, Max = 100)]
    public int Attempts { get; init; } = 5;

    /// <summary>The pause before the second try of a job; each one after it is twice as long. Default: 2 s: 30 s in all.</summary>
    [Setting("takes a time from 00:00:00.01 to 00:10:00", Min = 0.01, Max = 600)]
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a job stays with a worker that says nothing, which says so three times as often. Default: 10 s: a job of a worker that was
    /// killed is taken by another after that. A process that pauses for longer loses its jobs, whose scans were in vain.
    /// </summary>
    [Setting("takes a time from 00:00:01 to 01:00:00", Min = 1, Max = 3600)]
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most jobs that are accepted and not done; a further one is refused (503). Default: 100,000.</summary>
    [Setting("takes a whole number from 1 to 10000000", Min = 1, Max = 10_000_000)]
    public int MaxWaiting { get; init; } = 100_000;

    /// <summary>How often each process looks at the queue, for the metrics of what waits there. Default: 10 s.</summary>
    [Setting("takes a time from 00:00:00.1 to 01:00:00", Min = 0.1, Max = 3600)]
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a result and its content are kept after its job was accepted. Default: 1 day.</summary>
    [Setting("takes a time from 00:01:00 to 365 days", Variable = "RESULT_TTL", Min = 60, Max = 365 * Day)]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Where clean contents go. Default: processed.</summary>
    [Setting(AreaTakes, Variable = "S3_SCAN_RESULT")]
    public string CleanArea { get; init; } = "processed";

    /// <summary>Where all others go. Default: quarantine.</summary>
    [Setting(AreaTakes, Variable = "S3_SCAN_QUARANTINE")]
    public string QuarantineArea { get; init; } = "quarantine";

    /// <summary>Where files are spooled for jobs: on the file system that they are kept on, so that none is copied. Null: unset.</summary>
    public string? SpoolPath => DataPath.Length == 0 ? null : Path.Combine(DataPath, "spool");

    public IEnumerable<SettingProblem> Problems()
    {
        foreach (var (name, area) in new[] { (nameof(CleanArea), CleanArea), (nameof(QuarantineArea), QuarantineArea) })
        {
            if (area.Length > 0 && !ObjectKey.IsPlain(area))
            {
                yield return new(name, area, AreaTakes);
            }
        }

        if (KafkaServers.IsUrl(QueueUrl))
        {
            if (KafkaServers.Parse(QueueUrl).Problem is { } wrong)
            {
                yield return new(nameof(QueueUrl), KafkaServers.Masked(QueueUrl), $"{QueueTakes}; {wrong}");
            }
        }
        else if (QueueUrl.Length > 0 && RedisUrl.Parse(QueueUrl) is { Problem: { } problem })
        {
            yield return new(nameof(QueueUrl), RedisAddress.MaskUrl(QueueUrl), $"{QueueTakes}; {problem}");
        }

        if (CleanArea == QuarantineArea)
        {
            yield return new(nameof(QuarantineArea), QuarantineArea, "takes another place than CleanArea: infected files lie apart");
        }
    }
}
