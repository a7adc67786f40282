using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>Makes the clients of one cluster, all with the same servers, deadlines and log, and knows what is wrong with it.</summary>
internal sealed class KafkaClients(string servers, KafkaOptions options, JobOptions jobs, ILogger<KafkaClients> logger)
{
    /// <summary>Brokers take no shorter session than this (group.min.session.timeout.ms).</summary>
    private static readonly TimeSpan s_leastSession = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_mostSession = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private string? _problem;

    /// <summary>How long one call may take.</summary>
    public TimeSpan Deadline => jobs.QueueTimeout;

    /// <summary>Has readers leave their groups, and waits for that, but not for long.</summary>
    /// <param name="reading">Ends with them; null: none was started.</param>
    /// <param name="stop">Tells them to end.</param>
    public async Task EndAsync(Task? reading, CancellationTokenSource stop)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        if (reading is not null)
        {
            // Without an answer the group takes this process for dead when its session ends.
            await reading.WaitAsync(Deadline * 2, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Why jobs can be neither added nor taken at the moment, in words; null: nothing is known against it.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>A producer whose messages are on all replicas in sync, once each and in order, when they are told to be.</summary>
    public IProducer<string?, byte[]> Producer()
    {
        var config = Common(new ProducerConfig
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 1,
            MessageTimeoutMs = (int)Deadline.TotalMilliseconds,
        });
        return new ProducerBuilder<string?, byte[]>(config)
            .SetErrorHandler((_, error) => Told(error)).SetLogHandler((_, line) => Log(line)).Build();
    }

    /// <summary>A member of the workers' group in a topic. It stores offsets only when told to, and commits what is stored.</summary>
    public IConsumer<string?, byte[]> Member(
        string topic, Action<IReadOnlyList<TopicPartition>> assigned, Action<IReadOnlyList<TopicPartition>, bool> revoked)
    {
        var session = (int)Math.Clamp(
            jobs.LeaseTime.TotalMilliseconds, s_leastSession.TotalMilliseconds, s_mostSession.TotalMilliseconds);
        var config = Reading(options.GroupOf(topic));
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.SessionTimeoutMs = session;
        config.HeartbeatIntervalMs = session / 3;
        config.MaxPollIntervalMs = Math.Max(session, 300_000);
        return new ConsumerBuilder<string?, byte[]>(config)
            .SetErrorHandler((_, error) => Told(error)).SetLogHandler((_, line) => Log(line))
            .SetPartitionsAssignedHandler((_, partitions) => assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => revoked([.. partitions.Select(at => at.TopicPartition)], false))
            .SetPartitionsLostHandler((_, partitions) => revoked([.. partitions.Select(at => at.TopicPartition)], true))
            .Build();
    }

    /// <summary>A consumer that is told what to read.</summary>
    /// <param name="group">Whose offsets it knows.</param>
    public IConsumer<string?, byte[]> Reader(string group) => new ConsumerBuilder<string?, byte[]>(Reading(group))
        .SetErrorHandler((_, error) => Told(error)).SetLogHandler((_, line) => Log(line)).Build();

    /// <summary>The partitions of a topic; none where it is not there.</summary>
    /// <exception cref="KafkaException">No server answers.</exception>
    public IReadOnlyList<TopicPartition> PartitionsOf(Handle handle, string topic)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        var metadata = admin.GetMetadata(topic, Deadline).Topics.SingleOrDefault();
        Answered();
        return metadata is null || metadata.Error.IsError
            ? []
            : [.. metadata.Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId))];
    }

    /// <summary>A call was answered.</summary>
    public void Answered()
    {
        if (Volatile.Read(ref _problem) is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_problem is not null)
            {
                _problem = null;
                logger.KafkaAnswers();
            }
        }
    }

    /// <summary>A call failed, or a client says that something is wrong.</summary>
    public void Told(Error error)
    {
        var isOutage = error.Code is ErrorCode.Local_AllBrokersDown or ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut
            or ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed;
        if (!isOutage && !error.IsFatal)
        {
            logger.KafkaSays(error.Code.ToString(), error.Reason);
            return;
        }

        lock (_gate)
        {
            if (_problem is null)
            {
                logger.KafkaTrouble(error.Reason);
            }

            _problem = $"Kafka: {error.Reason}";
        }
    }

    public void MadeAnew(Error error) => logger.MadeAnew(error.Reason);

    private ConsumerConfig Reading(string group) => Common(new ConsumerConfig
    {
        GroupId = group,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = true,
        EnableAutoOffsetStore = false,
        AutoCommitIntervalMs = 500,
        EnablePartitionEof = false,
        AllowAutoCreateTopics = true,
        FetchWaitMaxMs = 100,

        // What is fetched ahead in the client's memory, beside what is held by us.
        QueuedMaxMessagesKbytes = 4096,
        QueuedMinMessages = 1000,
    });

    private T Common<T>(T config)
        where T : ClientConfig
    {
        config.BootstrapServers = servers;
        config.ClientId = "clamproxy";
        config.SocketTimeoutMs = (int)Math.Max(Deadline.TotalMilliseconds, 1000);
        config.SocketKeepaliveEnable = true;
        config.ReconnectBackoffMs = 100;

        // Shorter than a call may take: else calls fail for long after the servers are there again.
        config.ReconnectBackoffMaxMs = (int)Math.Clamp(Deadline.TotalMilliseconds / 4, 100, 2000);
        config.TopicMetadataRefreshIntervalMs = 30_000;
        config.SecurityProtocol = options.Security switch
        {
            KafkaSecurity.Plaintext => SecurityProtocol.Plaintext,
            KafkaSecurity.Tls => SecurityProtocol.Ssl,
            KafkaSecurity.Sasl => SecurityProtocol.SaslPlaintext,
            KafkaSecurity.SaslTls => SecurityProtocol.SaslSsl,
        };
        if (options.CaFile.Length > 0)
        {
            config.SslCaLocation = options.CaFile;
        }

        if (options.User.Length > 0)
        {
            config.SaslUsername = options.User;
            config.SaslPassword = options.Password;
            config.SaslMechanism = options.SaslMechanism switch
            {
                KafkaSaslMechanism.Plain => SaslMechanism.Plain,
                KafkaSaslMechanism.ScramSha256 => SaslMechanism.ScramSha256,
                KafkaSaslMechanism.ScramSha512 => SaslMechanism.ScramSha512,
            };
        }

        return config;
    }

    private void Log(LogMessage line) => logger.KafkaSays(line.Facility, line.Message);
}
