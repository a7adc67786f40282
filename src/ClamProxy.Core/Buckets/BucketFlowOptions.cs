using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Buckets;

/// <summary>One bucket whose objects are scanned, where they go, and who says that there are any.</summary>
public sealed class BucketFlowOptions
{
    internal const string TakesQueue = "takes a queue's name or its URL";
    internal const string TakesTopic = "takes a topic's ARN, such as arn:aws:sns:eu-west-3:123456789012:viruses";
    private const string TakesPlace = "takes s3://bucket or s3://bucket/prefix";

    /// <summary>
    /// Where objects arrive that nobody has scanned. Default: unset, any bucket that an event of the queue names.
    /// </summary>
    [Setting(TakesPlace)]
    public string Untrusted { get; init; } = "";

    /// <summary>Where clean objects go, under their whole keys. Default: unset, they stay and are tagged.</summary>
    [Setting(TakesPlace)]
    public string Clean { get; init; } = "";

    /// <summary>Where all other objects go, each with a report beside it. Needed unless the action is tag. Default: unset.</summary>
    [Setting(TakesPlace)]
    public string Quarantine { get; init; } = "";

    /// <summary>What becomes of objects: they go there, a copy goes there, or they are tagged and stay. Default: move.</summary>
    [Setting("takes move, copy or tag")]
    public BucketAction Action { get; init; }

    /// <summary>The SQS queue that the store's events come by. Needed for DOORS=buckets. Default: unset.</summary>
    [Setting(TakesQueue)]
    public string Queue { get; init; } = "";

    /// <summary>
    /// What announces objects, if it is no SQS queue: a Redis, a topic of Kafka, or <c>webhook</c>: POST /events of the API. Default: unset.
    /// May hold a password: never logged or shown.
    /// </summary>
    [Setting(EventSourceUrl.Takes)]
    public string Source { get; init; } = "";

    /// <summary>The SQS queue that the events of clean objects are sent to. Default: unset, nobody.</summary>
    [Setting(TakesQueue)]
    public string Forward { get; init; } = "";

    /// <summary>The SNS topic that gets a notice of each object that is not clean. Default: unset, nobody.</summary>
    [Setting(TakesTopic)]
    public string Topic { get; init; } = "";

    /// <summary>How many messages of the queue are worked on at once in this process. Default: 4.</summary>
    [Setting("takes a whole number from 1 to 100", Min = 1, Max = 100)]
    public int Workers { get; init; } = 4;

    /// <summary>
    /// How long the queue hides a message whose worker has died. Workers extend it three times as often. Default: 60 s.
    /// </summary>
    [Setting("takes a time from 3 seconds to 12 hours", Min = 3, Max = 43_200)]
    public TimeSpan HiddenFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long after a failed attempt the queue hands the message out again; how often it does so is the queue's own redrive policy.
    /// Default: 30 s.
    /// </summary>
    [Setting("takes a time from 0 to 12 hours", Min = 0, Max = 43_200)]
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often a message of Source is handed out before it is set aside; SQS has its own redrive policy for that. Default: 10, which with
    /// RetryPause bridges an outage of more than an hour.
    /// </summary>
    [Setting("takes a whole number from 1 to 1000", Min = 1, Max = 1000)]
    public int Attempts { get; init; } = 10;

    /// <summary>How long one object may take from its event to its place. Default: 1 hour.</summary>
    [Setting("takes a time from 1 second to 12 hours", Min = 1, Max = 43_200)]
    public TimeSpan ObjectTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>False: the workers end when the queue has no message.</summary>
    internal bool Watches { get; init; } = true;

    /// <summary>How long a worker waits after the queue had no message.</summary>
    internal TimeSpan EmptyPause { get; init; }

    /// <summary>Whether somebody announces objects.</summary>
    public bool HasSource => Queue.Length > 0 || Source.Length > 0;

    internal EventSourceUrl? SourceUrl => EventSourceUrl.Parse(Source).Source;

    internal TopicArn? TopicArn => TopicArn.Parse(Topic);

    internal S3Place? UntrustedPlace => S3Place.Parse(Untrusted);

    internal S3Place? CleanPlace => S3Place.Parse(Clean);

    internal S3Place? QuarantinePlace => S3Place.Parse(Quarantine);

    internal IEnumerable<SettingProblem> Problems()
    {
        var places = new List<(string Name, string Value, S3Place Place)>();
        foreach (var (name, value, isNeeded) in ((string, string, bool)[])
            [
                (nameof(Untrusted), Untrusted, !HasSource),
                (nameof(Clean), Clean, false),
                (nameof(Quarantine), Quarantine, Action != BucketAction.Tag),
            ])
        {
            if (value.Length == 0 && !isNeeded)
            {
                continue;
            }

            if (S3Place.Parse(value) is not { } place)
            {
                yield return new(name, value, TakesPlace);
            }
            else if (places.FirstOrDefault(other => place.Overlaps(other.Place)) is { Name: { } otherName })
            {
                // What is put into one of them would count as the other's: scanned again, or clean without a scan.
                yield return new(name, value, $"{TakesPlace} that is not inside {otherName}, nor the other way round");
            }
            else
            {
                places.Add((name, value, place));
            }
        }

        foreach (var (name, value) in ((string, string)[])[(nameof(Queue), Queue), (nameof(Forward), Forward)])
        {
            if (value.Length > 0 && !Sqs.SqsClients.IsQueue(value))
            {
                yield return new(name, value, TakesQueue);
            }
        }

        if (Source.Length > 0 && Queue.Length > 0)
        {
            yield return new(nameof(Source), EventSourceUrl.Masked(Source), $"{EventSourceUrl.Takes}; either Queue or Source");
        }
        else if (Source.Length > 0 && EventSourceUrl.Parse(Source).Problem is { } wrong)
        {
            yield return new(nameof(Source), EventSourceUrl.Masked(Source), $"{EventSourceUrl.Takes}; {wrong}");
        }

        if (Topic.Length > 0 && TopicArn is null)
        {
            yield return new(nameof(Topic), Topic, TakesTopic);
        }

        if (Forward.Length > 0 && Forward == Queue)
        {
            yield return new(nameof(Forward), Forward, $"{TakesQueue}; another one than Queue");
        }
    }
}
