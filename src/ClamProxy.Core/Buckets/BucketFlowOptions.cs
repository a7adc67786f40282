using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Buckets;

/// <summary>One bucket whose objects are scanned, where they go, and who says that there are any.</summary>
public sealed class BucketFlowOptions
{
    internal const string TakesQueue = "takes a queue's name or its URL";
    internal const string TakesTopic = "takes a topic's ARN, such as arn:aws:sns:eu-west-3:123456789012:viruses";
    internal const string TakesToken = "takes 16 to 512 printable ASCII characters without spaces, as from: openssl rand -hex 32";
    internal const string TakesAction = "takes move, copy, tag or leave";
    private const string TakesKeys = "takes patterns separated by commas, such as *.pdf,docs/**,!*.tmp";
    internal const string TakesUrl = "takes an absolute http or https URL, such as https://hooks.example.org/scans";
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
    [Setting(TakesAction)]
    public BucketAction Action { get; init; }

    /// <summary>The same for clean objects alone. Default: unset, as Action.</summary>
    [Setting(TakesAction)]
    public BucketAction? OnClean { get; init; }

    /// <summary>The same for infected objects alone. Default: unset, as Action.</summary>
    [Setting(TakesAction)]
    public BucketAction? OnInfected { get; init; }

    /// <summary>The same for objects that could not be scanned as a whole. Default: unset, as Action.</summary>
    [Setting(TakesAction)]
    public BucketAction? OnUnscannable { get; init; }

    /// <summary>What becomes of an object while there is no verdict of it; its message is tried again either way. Default: leave.</summary>
    [Setting("takes leave or tag")]
    public ErrorAction OnError { get; init; }

    /// <summary>
    /// Which objects are taken, by their whole keys: <c>*</c> is any text without a slash, <c>**</c> any text; without a slash a pattern is
    /// of the last part; <c>!</c> before one excludes. Others stay untouched. Default: unset, all.
    /// </summary>
    [Setting(TakesKeys)]
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>The SQS queue that the store's events come by. Needed for DOORS=buckets. Default: unset.</summary>
    [Setting(TakesQueue)]
    public string Queue { get; init; } = "";

    /// <summary>
    /// What announces objects, if it is no SQS queue: a Redis, a topic of Kafka, or <c>webhook</c>: POST /events of the API. Default:
    /// unset. May hold a password: never logged or shown.
    /// </summary>
    [Setting(EventSourceUrl.Takes)]
    public string Source { get; init; } = "";

    /// <summary>
    /// What senders of POST /events show for this flow. Needed with <c>Source=webhook</c>; each flow has its own. Default: unset. A secret:
    /// never logged or shown.
    /// </summary>
    [Setting(TakesToken, Secret = true)]
    public string Token { get; init; } = "";

    /// <summary>The SQS queue that the events of clean objects are sent to. Default: unset, nobody.</summary>
    [Setting(TakesQueue)]
    public string Forward { get; init; } = "";

    /// <summary>The SNS topic that gets a notice of each object that is not clean. Default: unset, nobody.</summary>
    [Setting(TakesTopic)]
    public string Topic { get; init; } = "";

    /// <summary>
    /// The web server that gets a notice of each object that is not clean, signed with CALLBACK_SECRETS and allowed by CALLBACK_TARGETS.
    /// Default: unset, nobody. It may hold secrets in its query: never logged.
    /// </summary>
    [Setting(TakesUrl, Secret = true)]
    public string NoticeUrl { get; init; } = "";

    /// <summary>Whether it gets a notice of each clean object too. Default: false.</summary>
    [Setting("takes true or false")]
    public bool NoticeClean { get; init; }

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

    internal KeyPatterns KeyPatterns => new(Keys);

    /// <summary>Whether some objects are put elsewhere.</summary>
    internal bool Places => NeedsQuarantine || (OnClean ?? Action) is BucketAction.Move or BucketAction.Copy;

    private bool NeedsQuarantine =>
        new[] { OnInfected, OnUnscannable }.Any(action => (action ?? Action) is BucketAction.Move or BucketAction.Copy);

    /// <summary>Whether some objects are removed from where they came.</summary>
    internal bool Moves => new[] { OnClean, OnInfected, OnUnscannable }.Any(action => (action ?? Action) == BucketAction.Move);

    /// <summary>Whether somebody announces objects.</summary>
    public bool HasSource => Queue.Length > 0 || Source.Length > 0;

    /// <summary>Whether stores announce them by POST /events.</summary>
    public bool HasWebhook => Source == EventSourceUrl.WebhookName;

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
                (nameof(Clean), Clean, OnClean is BucketAction.Move or BucketAction.Copy),
                (nameof(Quarantine), Quarantine, NeedsQuarantine),
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

        if (SourceUrl is EventSourceUrl.Webhook ? !IsToken(Token) : Token.Length > 0)
        {
            // Not one character of it is shown.
            yield return new(nameof(Token), Token.Length > 0 ? "***" : "", $"{TakesToken}; Source=webhook needs it, and no other source");
        }

        foreach (var pattern in Keys.Where(pattern => !KeyPatterns.IsPattern(pattern)))
        {
            yield return new(nameof(Keys), pattern, TakesKeys);
        }

        if (NoticeUrl.Length > 0 && !(Uri.TryCreate(NoticeUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            // Its query may be a secret, and what is no URL has none that could be found.
            yield return new(nameof(NoticeUrl), "***", TakesUrl);
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

    private static bool IsToken(string text) => text.Length is >= 16 and <= 512 && text.All(c => c is > ' ' and <= '~');
}
