using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Buckets;

/// <summary>One flow without a file: by the variables that clambucket and avscanner have for it.</summary>
public sealed class BucketVariables : ISettings
{
    /// <summary>What the flow is called.</summary>
    public const string Name = "default";

    private const string TakesBucket = "takes a bucket's name";
    private const string TakesPrefix = "takes a path of plain names, such as scanned/files";
    private const string TakesConfig =
        "takes a queue's name or its URL, redis://host:port/db?stream=key, redis://host:port/db?list=key or kafka://host:port/topic";

    private const string TakesHandler = "takes sqs, redis, kafka, webhook or cli";

    public static string Section => "BucketFlow";

    /// <summary>
    /// Who says what there is to scan: <c>sqs</c>, a queue; <c>redis</c> or <c>kafka</c>; <c>webhook</c>, the store itself; <c>cli</c>,
    /// whoever calls <c>clamproxy bucket</c>. Default: sqs.
    /// </summary>
    [Setting(TakesHandler, Variable = "EVENT_HANDLER")]
    public string EventHandler { get; init; } = "sqs";

    /// <summary>
    /// The queue of events; with <c>redis</c> or <c>kafka</c> the URL of their stream, list or topic. Default: unset. May hold a password:
    /// never logged or shown.
    /// </summary>
    [Setting(TakesConfig, Variable = "EVENT_CONFIG", Alias = "VIRUS_SCANNING_QUEUE_NAME")]
    public string Queue { get; init; } = "";

    /// <summary>What senders of POST /events show. Needed with <c>webhook</c>. Default: unset. A secret: never logged or shown.</summary>
    [Setting(BucketFlowOptions.TakesToken, Variable = "EVENT_TOKEN", Secret = true)]
    public string Token { get; init; } = "";

    /// <summary>The untrusted bucket. Default: unset, any that an event of the queue names.</summary>
    [Setting(TakesBucket, Variable = "UNPROCESSED_BUCKET_NAME")]
    public string UntrustedBucket { get; init; } = "";

    /// <summary>What becomes of objects. Default: move.</summary>
    [Setting(BucketFlowOptions.TakesAction, Variable = "BUCKET_ACTION")]
    public BucketAction Action { get; init; }

    /// <summary>Where clean objects go. Default: unset, they stay and are tagged.</summary>
    [Setting(TakesBucket, Variable = "CLEAN_BUCKET")]
    public string CleanBucket { get; init; } = "";

    /// <summary>What their keys begin with there. Default: unset, nothing.</summary>
    [Setting(TakesPrefix, Variable = "CLEAN_PREFIX")]
    public string CleanPrefix { get; init; } = "";

    /// <summary>
    /// Where all other objects go. It makes the flow; where objects are only tagged, <see cref="UntrustedBucket"/> does too. Default:
    /// unset.
    /// </summary>
    [Setting(TakesBucket, Variable = "QUARANTINE_BUCKET", Alias = "QUARANTINE_BUCKET_NAME")]
    public string QuarantineBucket { get; init; } = "";

    /// <summary>What their keys begin with there. Default: unset, nothing.</summary>
    [Setting(TakesPrefix, Variable = "QUARANTINE_PREFIX")]
    public string QuarantinePrefix { get; init; } = "";

    /// <summary>The queue that the events of clean objects are sent to. Default: unset, nobody.</summary>
    [Setting(BucketFlowOptions.TakesQueue, Variable = "VALIDATION_QUEUE_NAME")]
    public string Forward { get; init; } = "";

    /// <summary>The SNS topic that gets a notice of each object that is not clean. Default: unset, nobody.</summary>
    [Setting(BucketFlowOptions.TakesTopic, Variable = "VIRUS_NOTIFICATION_TOPIC_ARN")]
    public string Topic { get; init; } = "";

    /// <summary>The web server that gets a notice of each object that is not clean. Default: unset, nobody.</summary>
    [Setting(BucketFlowOptions.TakesUrl, Variable = "NOTICE_URL", Secret = true)]
    public string NoticeUrl { get; init; } = "";

    /// <summary>
    /// False: the process ends when the queue has no message, as a job that something else starts again. Default: true.
    /// </summary>
    [Setting("takes true or false", Variable = "WATCH")]
    public bool Watch { get; init; } = true;

    /// <summary>How long it waits after the queue had no message. Default: 0, the queue itself waits for one.</summary>
    [Setting("takes a time from 0 to 1 hour", Variable = "WATCH_DELAY", Min = 0, Max = 3600)]
    public TimeSpan WatchDelay { get; init; }

    /// <summary>The flow; null: there is none.</summary>
    public BucketFlowOptions? Flow => !HasFlow ? null : new()
    {
        Action = Action,
        Untrusted = UrlOf(UntrustedBucket, ""),
        Clean = UrlOf(CleanBucket, CleanPrefix),
        Quarantine = UrlOf(QuarantineBucket, QuarantinePrefix),
        Queue = EventHandler == "sqs" ? Queue : "",
        Source = EventHandler switch
        {
            "redis" or "kafka" => Queue,
            "webhook" => EventSourceUrl.WebhookName,
            _ => "",
        },
        Token = Token,
        Forward = Forward,
        Topic = Topic,
        NoticeUrl = NoticeUrl,
        Watches = Watch,
        EmptyPause = WatchDelay,
    };

    private bool HasFlow => QuarantineBucket.Length > 0 || (Action == BucketAction.Tag && UntrustedBucket.Length > 0);

    public IEnumerable<SettingProblem> Problems()
    {
        if (EventHandler is not ("sqs" or "redis" or "kafka" or "webhook" or "cli"))
        {
            yield return new(nameof(EventHandler), EventHandler, TakesHandler);
        }

        if (HasFlow && !IsOfHandler())
        {
            yield return new(nameof(Queue), EventSourceUrl.Masked(Queue), $"{TakesConfig}, as EVENT_HANDLER={EventHandler} needs it");
        }

        if (EventHandler == "webhook" && !Watch)
        {
            yield return new(nameof(Watch), "false", "takes true with EVENT_HANDLER=webhook: stores send events at any time");
        }

        foreach (var (name, bucket) in ((string, string)[])
            [(nameof(UntrustedBucket), UntrustedBucket), (nameof(CleanBucket), CleanBucket), (nameof(QuarantineBucket), QuarantineBucket)])
        {
            if (bucket.Length > 0 && !S3Place.IsBucket(bucket))
            {
                yield return new(name, bucket, TakesBucket);
            }
        }

        if (!HasFlow && UntrustedBucket.Length + CleanBucket.Length > 0)
        {
            yield return new(
                nameof(QuarantineBucket), "", $"{TakesBucket}; UNPROCESSED_BUCKET_NAME without BUCKET_ACTION=tag and CLEAN_BUCKET need it");
        }

        foreach (var problem in Flow?.Problems().Where(_ => EventHandler != "cli" && IsOfHandler()) ?? [])
        {
            yield return problem with { Property = NameOf(problem.Property) };
        }
    }

    /// <summary>Whether EVENT_CONFIG is of the kind that EVENT_HANDLER says.</summary>
    private bool IsOfHandler() => EventHandler switch
    {
        "redis" => EventSourceUrl.Parse(Queue).Source is EventSourceUrl.RedisKey,
        "kafka" => EventSourceUrl.Parse(Queue).Source is EventSourceUrl.KafkaTopic,
        "webhook" => Queue.Length == 0,
        _ => true,
    };

    private static string NameOf(string property) => property switch
    {
        nameof(BucketFlowOptions.Untrusted) => nameof(UntrustedBucket),
        nameof(BucketFlowOptions.Clean) => nameof(CleanBucket),
        nameof(BucketFlowOptions.Quarantine) => nameof(QuarantineBucket),
        nameof(BucketFlowOptions.Source) => nameof(Queue),
        _ => property,
    };

    private static string UrlOf(string bucket, string prefix) =>
        bucket.Length == 0 ? "" : prefix.Trim('/') is { Length: > 0 } path ? $"s3://{bucket}/{path}" : $"s3://{bucket}";
}
