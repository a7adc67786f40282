using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Jobs.Sqlite;
using ClamProxy.Core.Sqlite;
using ClamProxy.TestKit;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ClamProxy.Core.Tests.Jobs.Kafka;

/// <summary>Queues and results on topics of their own in a mock cluster, each as a process of its own would have them.</summary>
internal sealed class KafkaJobs : IAsyncDisposable
{
    private readonly KafkaCluster _cluster;
    private readonly List<Func<ValueTask>> _ends = [];

    /// <param name="partitions">Of each topic of jobs and of that of results.</param>
    public KafkaJobs(KafkaCluster cluster, int partitions = 1, int maxHeld = 256)
    {
        _cluster = cluster;
        var name = Guid.NewGuid().ToString("N");
        Options = new KafkaOptions { InputTopic = $"in-{name}", OutputTopic = $"out-{name}", Group = $"group-{name}", MaxHeld = maxHeld };
        foreach (var topic in Options.InputTopics.Append(Options.OutputTopic))
        {
            cluster.AddTopic(topic, partitions);
        }

        cluster.AddTopic(Options.DeadTopic, 1);
    }

    public KafkaOptions Options { get; }

    public FakeLoggerProvider Log { get; } = new();

    /// <summary>The mock cluster lets two sessions (LeaseTime) pass before a process that joins has its share.</summary>
    public static TimeSpan Limit => TimeSpan.FromMinutes(2);

    public KafkaJobQueue OpenQueue(JobOptions jobs, TimeProvider clock, bool sharesResults = true)
    {
        var clients = Clients(jobs);
        var sender = new KafkaSender(clients);
        var queue = new KafkaJobQueue(
            clients, sender, Options, jobs, new KafkaMessageReader(Options, "objects", sharesResults), clock, Loggers());
        _ends.Add(queue.DisposeAsync);
        _ends.Add(() => Closed(sender));
        return queue;
    }

    public KafkaMarks OpenMarks(JobOptions jobs) => new(Clients(jobs), Options);

    /// <summary>Opens results as a machine with a SQLite of its own has them.</summary>
    /// <param name="folder">Its DATA_PATH, which stays the caller's; null: one of its own.</param>
    public async Task<KafkaResultStore> OpenResultsAsync(JobSignals? signals = null, TempFolder? folder = null)
    {
        var own = folder is null ? new TempFolder() : null;
        folder ??= own!;
        var database = new SqliteDatabase(folder.File("jobs.db"), SqliteResultStore.Schema, JobStoreException.Of);
        var clients = Clients(new JobOptions());
        var sender = new KafkaSender(clients);
        var inner = new SqliteResultStore(database);
        var reader = new KafkaResultReader(
            clients, inner, Options, Path.GetFileName(folder.Path), signals ?? new JobSignals(), TimeProvider.System,
            Loggers().CreateLogger<KafkaResultReader>());
        await reader.StartAsync(CancellationToken.None);
        _ends.Add(async () =>
        {
            await reader.StopAsync(CancellationToken.None);
            reader.Dispose();
            sender.Dispose();
            database.Dispose();
            own?.Dispose();
        });
        return new KafkaResultStore(inner, sender, reader, Options, clients, TimeProvider.System);
    }

    /// <summary>How many results a process that starts with this DATA_PATH does not read again, of the only partition.</summary>
    public Task<long> CommittedOfResultsAsync(TempFolder folder) => Task.Run(() =>
    {
        using var consumer = new ConsumerBuilder<string?, byte[]>(new ConsumerConfig
        {
            BootstrapServers = _cluster.Servers,
            GroupId = $"{Options.Group}.results.{Path.GetFileName(folder.Path)}",
            EnableAutoCommit = false,
        }).Build();
        return consumer.Committed([new TopicPartition(Options.OutputTopic, 0)], Limit)[0].Offset.Value;
    });

    /// <summary>Puts a message into a topic as a producer does that knows nothing of us.</summary>
    public async Task SendAsync(string topic, byte[] value, string? key = null)
    {
        using var producer = new ProducerBuilder<string?, byte[]>(new ProducerConfig { BootstrapServers = _cluster.Servers }).Build();
        await producer.ProduceAsync(topic, new Message<string?, byte[]> { Key = key, Value = value });
    }

    /// <summary>Reads so many messages from a topic's beginning.</summary>
    public Task<List<Message<string?, byte[]>>> ReadAsync(string topic, int count) => Task.Run(() =>
    {
        using var consumer = new ConsumerBuilder<string?, byte[]>(new ConsumerConfig
        {
            BootstrapServers = _cluster.Servers,
            GroupId = Guid.NewGuid().ToString("N"),
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Subscribe(topic);
        using var limit = new CancellationTokenSource(Limit);
        var read = new List<Message<string?, byte[]>>();
        while (read.Count < count)
        {
            read.Add(consumer.Consume(limit.Token).Message);
        }

        consumer.Close();
        return read;
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _ends)
        {
            await end();
        }

        Log.Dispose();
    }

    private static ValueTask Closed(KafkaSender sender)
    {
        sender.Dispose();
        return ValueTask.CompletedTask;
    }

    private KafkaClients Clients(JobOptions jobs) => new(_cluster.Servers, Options, jobs, Loggers().CreateLogger<KafkaClients>());

    private LoggerFactory Loggers() => new([Log]);
}
