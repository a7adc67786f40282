using Confluent.Kafka;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>
/// How far each partition was handed out, as offsets of a group of its own (<c>{group}.taken</c>). What lies between what is done and this
/// mark when a process dies was being worked on: that attempt counts, for the job may be what killed the process.
/// </summary>
internal sealed class KafkaMarks(KafkaClients clients, KafkaOptions options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, long> _kept = [];
    private readonly Dictionary<TopicPartition, long> _wanted = [];
    private IConsumer<string?, byte[]>? _consumer;
    private Task _keeping = Task.CompletedTask;
    private bool _isClosed;

    /// <summary>Takes what is to be handed out next, and keeps that it is; what cannot be kept is not handed out.</summary>
    /// <returns>Null: there is nothing.</returns>
    /// <exception cref="JobStoreException">It cannot be kept.</exception>
    public async Task<TakenJob?> TakeAsync(KafkaHoldings holdings, IReadOnlyList<JobPriority> order, CancellationToken cancellationToken)
    {
        if (holdings.Take(order) is not { } taken)
        {
            return null;
        }

        try
        {
            if (holdings.Find(taken.Lease) is { } entry)
            {
                await SetAsync(entry.At, cancellationToken).ConfigureAwait(false);
            }

            return taken;
        }
        catch (Exception e) when (e is JobStoreException or OperationCanceledException)
        {
            holdings.PutBack(taken.Lease);
            throw;
        }
    }

    /// <summary>Keeps that this message is handed out now; with what others hand out meanwhile in one call.</summary>
    /// <exception cref="JobStoreException">It may or may not be kept.</exception>
    public async Task SetAsync(TopicPartitionOffset at, CancellationToken cancellationToken)
    {
        var mark = at.Offset.Value + 1;
        while (true)
        {
            Task keeping;
            lock (_gate)
            {
                if (_kept.GetValueOrDefault(at.TopicPartition) >= mark)
                {
                    return;
                }

                _wanted[at.TopicPartition] = Math.Max(mark, _wanted.GetValueOrDefault(at.TopicPartition));
                if (_keeping.IsCompleted)
                {
                    _keeping = Task.Run(Keep, CancellationToken.None);
                }

                keeping = _keeping;
            }

            await keeping.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What partitions were handed out up to when they come here; none where it cannot be read in time.</summary>
    public IReadOnlyDictionary<TopicPartition, long> Read(IReadOnlyList<TopicPartition> partitions)
    {
        try
        {
            return Consumer().Committed(partitions, clients.Deadline).ToDictionary(at => at.TopicPartition, at => at.Offset.Value);
        }
        catch (KafkaException e)
        {
            clients.Told(e.Error);
            return new Dictionary<TopicPartition, long>();
        }
    }

    /// <summary>These partitions are given up in order: what was handed out and is not done was nobody's fault.</summary>
    public void Reset(IReadOnlyList<TopicPartitionOffset> starts)
    {
        if (starts.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var start in starts)
            {
                _kept.Remove(start.TopicPartition);
                _wanted.Remove(start.TopicPartition);
            }
        }

        try
        {
            Consumer().Commit(starts);
        }
        catch (Exception e) when (e is KafkaException or JobStoreException)
        {
            clients.Told(e is KafkaException { Error: var error } ? error : new Error(ErrorCode.Local_Fail, e.Message));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _consumer?.Dispose();
    }

    private void Keep()
    {
        Dictionary<TopicPartition, long> wanted;
        lock (_gate)
        {
            wanted = new(_wanted);
            _wanted.Clear();
        }

        try
        {
            Consumer().Commit(wanted.Select(mark => new TopicPartitionOffset(mark.Key, mark.Value)));
        }
        catch (KafkaException e)
        {
            clients.Told(e.Error);
            throw new JobStoreException($"Kafka: {e.Error.Reason}", e);
        }

        lock (_gate)
        {
            foreach (var (partition, mark) in wanted)
            {
                _kept[partition] = Math.Max(mark, _kept.GetValueOrDefault(partition));
            }
        }
    }

    private IConsumer<string?, byte[]> Consumer()
    {
        lock (_gate)
        {
            return _isClosed ? throw new JobStoreException("Kafka: closed") : _consumer ??= clients.Reader($"{options.Group}.taken");
        }
    }
}
