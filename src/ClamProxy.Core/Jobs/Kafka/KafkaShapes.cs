using System.Globalization;
using System.Text.Json;
using ClamProxy.Core.Objects;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>Jobs and outcomes as messages, and back. What comes from a topic is checked: anybody may have put it there.</summary>
internal static class KafkaShapes
{
    private const int MaxId = 200;
    private const int MaxKey = 1024;

    public static byte[] Write(Job job) => JsonSerializer.SerializeToUtf8Bytes(
        new KafkaMessage
        {
            Id = job.Id,
            Status = JobStatus.Pending.Name(),
            Timestamp = TextOf(job.AcceptedAt),
            Bucket = job.Bucket,
            Key = job.Key,
            OriginalFilename = job.Name,
            Size = job.Size,
            Client = job.Client,
            Url = job.Url,
        },
        KafkaJson.Default.KafkaMessage);

    /// <param name="sentAt">When it came into its topic: a job's time where the message says none.</param>
    /// <param name="bucket">What the object store is called: no other can be read here.</param>
    /// <returns>The job, or why it is none: one sentence.</returns>
    public static (Job? Job, string? Problem) ReadJob(ReadOnlySpan<byte> json, JobPriority priority, DateTimeOffset sentAt, string bucket)
    {
        KafkaMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(json, KafkaJson.Default.KafkaMessage);
        }
        catch (JsonException)
        {
            return (null, "it is not a JSON object with the fields id, bucket and key as texts");
        }

        var problem = message is null ? "it is null" : ProblemOf(message, bucket);
        if (problem is not null)
        {
            return (null, problem);
        }

        var name = FileNames.Plain(message!.OriginalFilename ?? message.Key);
        return (new Job(message.Id!, bucket, message.Key!, name, priority, TimeOf(message.Timestamp) ?? sentAt)
        {
            Size = message.Size,
            Client = message.Client,
            Url = message.Url,
        }, null);
    }

    public static byte[] Write(Job job, JobOutcome outcome) => JsonSerializer.SerializeToUtf8Bytes(
        new KafkaResult
        {
            Id = job.Id,
            Status = outcome.Status.Name(),
            Timestamp = TextOf(outcome.FinishedAt),
            Details = outcome.Details,
            Bucket = job.Bucket,
            Key = outcome.Key,
            OriginalFilename = job.Name,
            Instance = outcome.Engine,
            Virus = outcome.Signature,
            Analyse = outcome.ScanTime.TotalSeconds,
            Duration = outcome.WorkTime.TotalSeconds,
            Worker = outcome.Worker,
            Sha256 = outcome.Sha256,
            Size = outcome.Size,
            Job = job with { Url = null, Client = null },
            Outcome = outcome,
        },
        KafkaJson.Default.KafkaResult);

    /// <returns>Null: it says of no job how it ended, or says clean and not of which bytes.</returns>
    public static (Job Job, JobOutcome Outcome)? ReadResult(ReadOnlySpan<byte> json, DateTimeOffset sentAt)
    {
        KafkaResult? result;
        try
        {
            result = JsonSerializer.Deserialize(json, KafkaJson.Default.KafkaResult);
        }
        catch (JsonException)
        {
            return null;
        }

        if (result is not { Id: { } id, Key: { } key, Bucket: { } bucket, Status: { } name } || !IsId(id) || !IsKey(key)
            || JobNames.ToStatus(name) is not ({ } status and not JobStatus.Pending)
            || (status == JobStatus.Clean && result.Sha256 is not { Length: 64 }))
        {
            return null;
        }

        if (result is { Job: { } job, Outcome: { } outcome }
            && job.Id == id && outcome.Status == status && outcome.Key == key && outcome.Sha256 == result.Sha256 && IsKey(job.Key))
        {
            return (job, outcome);
        }

        var at = TimeOf(result.Timestamp) ?? sentAt;
        return (
            new Job(id, bucket, key, FileNames.Plain(result.OriginalFilename ?? key), JobPriority.Normal, at) { Size = result.Size },
            new JobOutcome(status, at, key)
            {
                Signature = result.Virus,
                Details = result.Details,
                Sha256 = result.Sha256,
                Size = result.Size,
                ScanTime = SecondsOf(result.Analyse),
                WorkTime = SecondsOf(result.Duration),
                Worker = result.Worker,
                Engine = result.Instance,
            });
    }

    private static string? ProblemOf(KafkaMessage message, string bucket) => message switch
    {
        { Id: null or "" } or { Bucket: null or "" } or { Key: null or "" } => "one of id, bucket and key is missing",
        { Id: var id } when !IsId(id) => "its id is longer than 200 characters or holds control characters",
        { Key: var key } when !IsKey(key) => "its key is no path of plain names",
        { Bucket: var other } when other != bucket => "its bucket is not the one that this process reads",
        { Size: < 0 } => "its size is negative",

        // What is fetched is written under the key: only where it is the job's own.
        { Url: not null, Id: var id, Key: var key } when !key.StartsWith($"{id}_", StringComparison.Ordinal) =>
            "it has a url, and its key does not begin with its id",
        _ => null,
    };

    private static bool IsId(string id) => id.Length is > 0 and <= MaxId && !id.Any(char.IsControl);

    private static bool IsKey(string key) =>
        key.Length <= MaxKey && !key.Contains('\\', StringComparison.Ordinal) && ObjectKey.IsPlain(key);

    private static string TextOf(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset? TimeOf(string? text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
        ? time
        : null;

    private static TimeSpan SecondsOf(double? seconds) =>
        seconds is > 0 and < 1e6 ? TimeSpan.FromSeconds(seconds.Value) : TimeSpan.Zero;
}
