using Confluent.Kafka;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>How much work the topics of jobs hold, done by no process: what lies behind the offsets that the workers' group committed.
/// </summary>
internal sealed class KafkaDepth(KafkaClients clients, KafkaOptions options, KafkaHoldings holdings) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, IConsumer<string?, byte[]>> _consumers = [];

    /// <param name="withOldest">Whether it is said since when the oldest waits, which costs a fetch.</param>
    /// <exception cref="JobStoreException">No server answered in time.</exception>
    public async Task<QueueState> ReadAsync(bool withOldest, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(clients.Deadline, cancellationToken).ConfigureAwait(false))
        {
            throw new JobStoreException("Kafka: no answer in time");
        }

        // It has the turn until the client's own deadline, whoever still waits for it.
        var reading = Task.Run(
            () =>
            {
                try
                {
                    return Read(withOldest);
                }
                finally
                {
                    _turn.Release();
                }
            },
            CancellationToken.None);
        return await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var consumer in _consumers.Values)
        {
            consumer.Dispose();
        }

        _turn.Dispose();
    }

    private QueueState Read(bool withOldest)
    {
        try
        {
            var held = holdings.Held();
            var parts = options.InputTopics.Select(topic => Read(topic, held, withOldest)).ToList();
            clients.Answered();
            return new QueueState(parts.Sum(part => part.Jobs), parts.Min(part => part.OldestAt));
        }
        catch (KafkaException e)
        {
            clients.Told(e.Error);
            throw new JobStoreException($"Kafka: {e.Error.Reason}", e);
        }
    }

    private QueueState Read(string topic, Dictionary<TopicPartition, KafkaHeld> held, bool withOldest)
    {
        var consumer = ConsumerOf(topic);
        var partitions = clients.PartitionsOf(consumer.Handle, topic);
        var others = partitions.Where(partition => !held.ContainsKey(partition)).ToList();
        var starts = others.Count == 0
            ? []
            : consumer.Committed(others, clients.Deadline).ToDictionary(at => at.TopicPartition, at => at.Offset.Value);
        var jobs = 0L;
        List<TopicPartitionOffset> heads = [];
        DateTimeOffset? oldest = null;
        foreach (var partition in partitions)
        {
            var ends = consumer.QueryWatermarkOffsets(partition, clients.Deadline);
            if (held.TryGetValue(partition, out var here))
            {
                jobs += here.Open + Math.Max(0, ends.High.Value - here.Next - here.Fetched);
                oldest = Earlier(oldest, here.OldestAt);
                continue;
            }

            var start = Math.Max(starts[partition], ends.Low.Value);
            jobs += ends.High.Value - start;
            if (ends.High.Value > start)
            {
                heads.Add(new TopicPartitionOffset(partition, start));
            }
        }

        return new QueueState(jobs, withOldest ? Earlier(oldest, OldestOf(consumer, heads)) : null);
    }

    private IConsumer<string?, byte[]> ConsumerOf(string topic)
    {
        if (!_consumers.TryGetValue(topic, out var consumer))
        {
            _consumers[topic] = consumer = clients.Reader(options.GroupOf(topic));
        }

        return consumer;
    }

    /// <summary>A message of ours has the time at which its job was accepted.</summary>
    private DateTimeOffset? OldestOf(IConsumer<string?, byte[]> consumer, List<TopicPartitionOffset> heads)
    {
        if (heads.Count == 0)
        {
            return null;
        }

        consumer.Assign(heads);
        try
        {
            DateTimeOffset? oldest = null;
            var left = heads.Select(head => head.TopicPartition).ToHashSet();
            for (var until = Environment.TickCount64 + (long)clients.Deadline.TotalMilliseconds;
                left.Count > 0 && Environment.TickCount64 < until;)
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } head && left.Remove(head.TopicPartition))
                {
                    oldest = Earlier(oldest, head.Message.Timestamp.UtcDateTime);
                }
            }

            return oldest;
        }
        finally
        {
            consumer.Unassign();
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other ?? one : one;
}
