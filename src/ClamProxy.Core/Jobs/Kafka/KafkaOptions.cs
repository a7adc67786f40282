using System.Text.RegularExpressions;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>Kafka as the queue of jobs: where it is, its topics, and who signs in there.</summary>
public sealed partial class KafkaOptions : ISettings
{
    private const string ServersTakes = "takes servers as host:port, separated by commas";
    private const string TopicTakes = "takes up to 200 letters, digits, dots, _ and -";
    private const string ResultsTakes = "takes a URL as REDIS_URL does, such as redis://redis:6379/1";

    public static string Section => "Kafka";

    /// <summary>The servers, where QUEUE_URL is not set; the same as <c>QUEUE_URL=kafka://…</c>. Default: unset.</summary>
    [Setting(ServersTakes, Variable = "KAFKA_SERVERS", Alias = "KAFKA_SERVER")]
    public string Servers { get; init; } = "";

    /// <summary>
    /// The topic of jobs. Those of high priority have a topic of their own, with <c>.high</c> behind this name, and messages that are no
    /// jobs go to the one with <c>.dead</c> behind it. Default: files_to_scan.
    /// </summary>
    [Setting(TopicTakes, Variable = "KAFKA_INPUT_TOPIC")]
    public string InputTopic { get; init; } = "files_to_scan";

    /// <summary>The topic of results. Default: scan_results.</summary>
    [Setting(TopicTakes, Variable = "KAFKA_OUTPUT_TOPIC")]
    public string OutputTopic { get; init; } = "scan_results";

    /// <summary>
    /// The consumer group of all workers; in the topic of high priority it has <c>.high</c> behind it, so that the partitions of each topic
    /// are shared out on their own. Default: scanner-group.
    /// </summary>
    [Setting(TopicTakes, Variable = "KAFKA_GROUP")]
    public string Group { get; init; } = "scanner-group";

    /// <summary>
    /// The Redis that holds the results of all machines. Default: unset, each process has the output topic's results in SQLite in its
    /// DATA_PATH. Holds a password: never logged or shown.
    /// </summary>
    [Setting(ResultsTakes, Variable = "RESULTS_URL")]
    public string ResultsUrl { get; init; } = "";

    /// <summary>
    /// The most jobs of one partition that a process has fetched and not done: no more are fetched from that partition meanwhile. Jobs that
    /// are paused before their next attempt count. Default: 256.
    /// </summary>
    [Setting("takes a whole number from 1 to 10000", Min = 1, Max = 10_000)]
    public int MaxHeld { get; init; } = 256;

    /// <summary>The largest message that is read as a job. Default: 64 KiB; a job of ours has about 500 bytes.</summary>
    [Setting("takes bytes, optionally with K: 1K to 1M", Bytes = true, Min = 1024, Max = 1024 * 1024)]
    public long MaxMessage { get; init; } = 64 * 1024;

    /// <summary>How the connections are made. Default: Plaintext.</summary>
    [Setting("takes plaintext, tls, sasl or sasltls", Variable = "KAFKA_SECURITY")]
    public KafkaSecurity Security { get; init; }

    /// <summary>How user and password are shown. Default: Plain.</summary>
    [Setting("takes plain, scramsha256 or scramsha512", Variable = "KAFKA_SASL_MECHANISM")]
    public KafkaSaslMechanism SaslMechanism { get; init; }

    /// <summary>Who signs in. Default: nobody.</summary>
    [Setting("takes a user's name; needs KAFKA_PASSWORD, and KAFKA_SECURITY=sasl or sasltls", Variable = "KAFKA_USER")]
    public string User { get; init; } = "";

    /// <summary>The user's password. Default: unset. Never logged or shown.</summary>
    [Setting("takes the password of KAFKA_USER", Variable = "KAFKA_PASSWORD", Secret = true)]
    public string Password { get; init; } = "";

    /// <summary>A file with the certificates (PEM) that may sign a server's. Default: unset, those of the system.</summary>
    [Setting("takes the path of a PEM file", Variable = "KAFKA_CA_FILE")]
    public string CaFile { get; init; } = "";

    /// <summary>The topics of jobs, by priority: normal, high.</summary>
    internal string[] InputTopics => [InputTopic, $"{InputTopic}.high"];

    /// <summary>The workers' group in one of the topics of jobs.</summary>
    internal string GroupOf(string topic) => topic == InputTopic ? Group : $"{Group}.high";

    internal string DeadTopic => $"{InputTopic}.dead";

    private bool IsSasl => Security is KafkaSecurity.Sasl or KafkaSecurity.SaslTls;

    public IEnumerable<SettingProblem> Problems()
    {
        var names = new[] { (nameof(InputTopic), InputTopic), (nameof(OutputTopic), OutputTopic), (nameof(Group), Group) };
        foreach (var (property, name) in names.Where(name => !Names.IsMatch(name.Item2)))
        {
            yield return new(property, name, TopicTakes);
        }

        if (InputTopics.Append(DeadTopic).Contains(OutputTopic))
        {
            yield return new(nameof(OutputTopic), OutputTopic, "takes another topic than KAFKA_INPUT_TOPIC and those named after it");
        }

        if (Servers.Length > 0 && KafkaServers.Parse(Servers).Problem is { } problem)
        {
            yield return new(nameof(Servers), KafkaServers.Masked(Servers), $"{ServersTakes}; {problem}");
        }

        if (ResultsUrl.Length > 0 && RedisUrl.Parse(ResultsUrl).Problem is { } wrong)
        {
            yield return new(nameof(ResultsUrl), RedisAddress.MaskUrl(ResultsUrl), $"{ResultsTakes}; {wrong}");
        }

        if (IsSasl != User.Length > 0 || IsSasl != Password.Length > 0)
        {
            yield return new(
                nameof(User), User, "takes a user's name; KAFKA_USER, KAFKA_PASSWORD and KAFKA_SECURITY=sasl or sasltls go together");
        }
    }

    /// <summary>The same ways to sign in, for one topic that holds something else than jobs.</summary>
    internal KafkaOptions For(string topic, string group, long maxMessage) => new()
    {
        InputTopic = topic,
        Group = group,
        MaxHeld = MaxHeld,
        MaxMessage = maxMessage,
        Security = Security,
        SaslMechanism = SaslMechanism,
        User = User,
        Password = Password,
        CaFile = CaFile,
    };

    /// <returns>Null: jobs are not in Kafka.</returns>
    public string? ServersOf(JobOptions jobs)
    {
        var given = jobs.QueueUrl.Length > 0 ? KafkaServers.IsUrl(jobs.QueueUrl) ? jobs.QueueUrl : "" : Servers;
        return given.Length > 0 ? KafkaServers.Parse(given).Servers : null;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}\z")]
    private static partial Regex Names { get; }
}
