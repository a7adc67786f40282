using Confluent.Kafka;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>
/// What this process has fetched of its partitions. A job is handed out for the time of a lease, as any queue does; a partition that goes
/// to another process takes its jobs along, and those who work on them learn it at their next renewal.
/// </summary>
internal sealed class KafkaHoldings(IReadOnlyList<string> topics, TimeSpan leaseTime, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, KafkaWindow> _windows = [];
    private readonly Dictionary<string, (KafkaWindow Window, KafkaEntry Entry)> _leases = new(StringComparer.Ordinal);

    public void Assign(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                _windows[partition] = new KafkaWindow(partition);
            }
        }
    }

    /// <returns>How many jobs they had that were not done, and where their next readers are to begin.</returns>
    public (int Open, IReadOnlyList<TopicPartitionOffset> Starts) Revoke(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            var open = 0;
            var starts = new List<TopicPartitionOffset>();
            foreach (var partition in partitions)
            {
                if (_windows.Remove(partition, out var window))
                {
                    open += window.Open.Count();
                    foreach (var lease in window.Open.Select(entry => entry.Lease).OfType<string>())
                    {
                        _leases.Remove(lease);
                    }

                    if (window.Next is { } next)
                    {
                        starts.Add(new TopicPartitionOffset(partition, next));
                    }
                }
            }

            return (open, starts);
        }
    }

    /// <returns>False: its partition is not ours any more.</returns>
    public bool Add(KafkaEntry entry)
    {
        lock (_gate)
        {
            var window = _windows.GetValueOrDefault(entry.At.TopicPartition);
            window?.Add(entry);
            return window is not null;
        }
    }

    /// <summary>Hands out the job that was accepted first, of the first of the priorities that has one.</summary>
    public TakenJob? Take(IReadOnlyList<JobPriority> order)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            foreach (var topic in order.Select(priority => topics[(int)priority]))
            {
                var first = Of(topic)
                    .Select(window => (Window: window, Entry: window.Open.FirstOrDefault(entry => entry.MayBeTaken(now))))
                    .Where(found => found.Entry is not null)
                    .OrderBy(found => found.Entry!.Job!.AcceptedAt)
                    .FirstOrDefault();
                if (first.Entry is not null)
                {
                    return Lease(first.Window, first.Entry, now);
                }
            }

            return null;
        }
    }

    public bool Renew(string lease)
    {
        lock (_gate)
        {
            var isLeased = _leases.TryGetValue(lease, out var held);
            if (isLeased)
            {
                held.Entry.LeasedUntil = clock.GetUtcNow() + leaseTime;
            }

            return isLeased;
        }
    }

    /// <returns>Null: this taking of the job is over.</returns>
    public KafkaEntry? Find(string lease)
    {
        lock (_gate)
        {
            return _leases.TryGetValue(lease, out var held) ? held.Entry : null;
        }
    }

    /// <summary>It was not handed out after all.</summary>
    public void PutBack(string lease)
    {
        lock (_gate)
        {
            if (_leases.Remove(lease, out var held))
            {
                held.Entry.Lease = null;
                held.Entry.Attempts--;
            }
        }
    }

    /// <summary>The job is done, or goes on as another message.</summary>
    public void End(string lease)
    {
        lock (_gate)
        {
            if (_leases.Remove(lease, out var held))
            {
                held.Window.SetDone(held.Entry);
            }
        }
    }

    /// <summary>The message is kept elsewhere now.</summary>
    public void SetDone(TopicPartitionOffset at)
    {
        lock (_gate)
        {
            var window = _windows.GetValueOrDefault(at.TopicPartition);
            if (window?.Open.FirstOrDefault(entry => entry.At.Offset == at.Offset) is { } entry)
            {
                window.SetDone(entry);
            }
        }
    }

    /// <summary>What may be committed and was not stored yet.</summary>
    public IReadOnlyList<TopicPartitionOffset> TakeDone(string topic)
    {
        lock (_gate)
        {
            var done = new List<TopicPartitionOffset>();
            foreach (var window in Of(topic).Where(window => window.Next is not null && window.Next != window.Stored))
            {
                window.Stored = window.Next;
                done.Add(new TopicPartitionOffset(window.Partition, window.Next!.Value));
            }

            return done;
        }
    }

    /// <summary>What may be committed.</summary>
    public IReadOnlyList<TopicPartitionOffset> Done(string topic)
    {
        lock (_gate)
        {
            return [.. Of(topic).Where(window => window.Next is not null)
                .Select(window => new TopicPartitionOffset(window.Partition, window.Next!.Value))];
        }
    }

    /// <summary>Partitions that hold enough, and those that have room again.</summary>
    public (IReadOnlyList<TopicPartition> Full, IReadOnlyList<TopicPartition> Free) TakeTurns(string topic, int most)
    {
        lock (_gate)
        {
            List<TopicPartition> full = [], free = [];
            foreach (var window in Of(topic))
            {
                if (window.IsPaused ? window.Count <= most / 2 : window.Count >= most)
                {
                    window.IsPaused = !window.IsPaused;
                    (window.IsPaused ? full : free).Add(window.Partition);
                }
            }

            return (full, free);
        }
    }

    /// <summary>What is known here of the partitions that something was fetched of.</summary>
    public Dictionary<TopicPartition, KafkaHeld> Held()
    {
        lock (_gate)
        {
            return _windows.Values.Where(window => window.Next is not null).ToDictionary(
                window => window.Partition,
                window => new KafkaHeld(
                    window.Next!.Value.Value,
                    window.Count,
                    window.Open.Count(),
                    window.Open.Select(entry => entry.Job?.AcceptedAt).Min()));
        }
    }

    private IEnumerable<KafkaWindow> Of(string topic) => _windows.Values.Where(window => window.Partition.Topic == topic);

    private TakenJob Lease(KafkaWindow window, KafkaEntry entry, DateTimeOffset now)
    {
        if (entry.Lease is { } old)
        {
            _leases.Remove(old);
        }

        entry.Lease = Guid.NewGuid().ToString("N");
        entry.LeasedUntil = now + leaseTime;
        entry.Attempts++;
        _leases[entry.Lease] = (window, entry);
        return new TakenJob(entry.Job!, entry.Attempts, entry.Lease) { MayBeUnknown = !entry.IsOurs };
    }
}
