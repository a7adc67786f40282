using System.Text;
using ClamProxy.TestKit;
using Confluent.Kafka;

namespace ClamProxy.Soak.Jobs;

/// <summary>
/// Topics in a mock cluster of this process, which has everything in memory: its brokers are not killed, but go away and come back with
/// what they had, as brokers do that write to their disks. Each machine has its results in a SQLite of its own.
/// </summary>
internal sealed class KafkaUnderTest : IQueueUnderTest
{
    private const int Partitions = 3;
    private const string Group = "scanner-group";
    private const string Dead = "files_to_scan.dead";

    /// <summary>The topics of jobs, and the workers' group in each.</summary>
    private static readonly (string Topic, string Group)[] s_topics =
        [("files_to_scan", Group), ("files_to_scan.high", $"{Group}.high")];

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly KafkaCluster _cluster = new();

    public KafkaUnderTest()
    {
        foreach (var topic in s_topics.Select(one => one.Topic).Append("scan_results"))
        {
            _cluster.AddTopic(topic, Partitions);
        }

        _cluster.AddTopic(Dead, 1);
    }

    public bool IsPerMachine => true;

    public IReadOnlyDictionary<string, string> VariablesOf(JobPart role) =>
        new Dictionary<string, string> { ["QUEUE_URL"] = $"kafka://{_cluster.Servers}" };

    /// <remarks>Answers that say whether something was written; the other calls write to this machine's disk alone.</remarks>
    public IEnumerable<JobDeath> DeathsAt(JobStep step) => step == JobStep.Queued || step == JobStep.Taken || step == JobStep.Recorded
        ? [JobDeath.CutOff, JobDeath.AnswerLost]
        : [JobDeath.CutOff];

    public Task FailAsync(JobDeath death)
    {
        _cluster.SetDown();
        return Task.CompletedTask;
    }

    public Task RecoverAsync()
    {
        _cluster.SetUp();
        return Task.CompletedTask;
    }

    public LostAnswers LoseAnswersTo(JobPart role) =>
        new(_cluster.LoseAnswersAsync(CancellationToken.None), _cluster.StopLosingAnswers);

    public Task DoUnlockedAsync(string dataPath, Action action) => SqliteUnderTest.LockedAsync(dataPath, action);

    /// <remarks>Messages stay in their topics: what counts is what the workers' group has not committed, and what is no job.</remarks>
    public async Task<IReadOnlyList<string>> LeftAsync(IReadOnlyCollection<string> dataPaths)
    {
        var left = new List<string>();
        foreach (var path in dataPaths)
        {
            left.AddRange(await SqliteUnderTest.LeftAsync(path));
        }

        foreach (var (topic, group) in s_topics)
        {
            left.AddRange(await Task.Run(() => NotCommitted(topic, Partitions, group)));
        }

        left.AddRange(await Task.Run(() => NotCommitted(Dead, 1, "nobody")));
        return left;
    }

    public ValueTask DisposeAsync()
    {
        _cluster.Dispose();
        return ValueTask.CompletedTask;
    }

    private List<string> NotCommitted(string topic, int partitions, string group)
    {
        using var consumer = new ConsumerBuilder<string?, byte[]>(
            new ConsumerConfig { BootstrapServers = _cluster.Servers, GroupId = group, EnableAutoCommit = false }).Build();
        var left = new List<string>();
        var all = Enumerable.Range(0, partitions).Select(number => new TopicPartition(topic, number));
        foreach (var committed in consumer.Committed(all, s_limit))
        {
            var ends = consumer.QueryWatermarkOffsets(committed.TopicPartition, s_limit);
            var start = Math.Max(committed.Offset.Value, ends.Low.Value);
            if (start < ends.High.Value)
            {
                consumer.Assign(new TopicPartitionOffset(committed.TopicPartition, start));
                while (start < ends.High.Value && consumer.Consume(s_limit) is { } message)
                {
                    start = message.Offset.Value + 1;
                    left.Add($"in Kafka: {message.TopicPartitionOffset} {Encoding.UTF8.GetString(message.Message.Value)}");
                }
            }
        }

        return left;
    }
}
