using Confluent.Kafka;

namespace ClamProxy.Core.Jobs.Kafka;

/// <summary>What was fetched of one partition and is not committed yet. Jobs end in any order; committed is what is done without a
/// gap.</summary>
internal sealed class KafkaWindow(TopicPartition partition)
{
    private readonly Queue<KafkaEntry> _inOrder = new();
    private readonly Dictionary<string, KafkaEntry> _byId = new(StringComparer.Ordinal);

    public TopicPartition Partition { get; } = partition;

    /// <summary>Whether nothing more is fetched for now.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Where the next reader is to begin; null: nothing was fetched yet.</summary>
    public Offset? Next { get; private set; }

    /// <summary>The last of <see cref="Next"/> that was stored to be committed.</summary>
    public Offset? Stored { get; set; }

    public int Count => _inOrder.Count;

    /// <summary>Those that are not done.</summary>
    public IEnumerable<KafkaEntry> Open => _inOrder.Where(entry => !entry.IsDone);

    /// <summary>Adds the next message; the same job once more is done already.</summary>
    public void Add(KafkaEntry entry)
    {
        _inOrder.Enqueue(entry);
        Next ??= entry.At.Offset;
        if (entry.Job is { } job)
        {
            // A job that was given back is sent again before this one is done: then it has been taken more often.
            var isKnown = _byId.TryGetValue(job.Id, out var known) && !known.IsDone && known.Job!.Key == job.Key
                && entry.Returns <= known.Returns;
            entry.IsDone = isKnown;
            _byId[job.Id] = isKnown ? known! : entry;
        }

        Advance();
    }

    public void SetDone(KafkaEntry entry)
    {
        (entry.IsDone, entry.Lease) = (true, null);
        Advance();
    }

    private void Advance()
    {
        while (_inOrder.TryPeek(out var first) && first.IsDone)
        {
            _inOrder.Dequeue();
            Next = first.At.Offset + 1;
            if (first.Job is { } job && _byId.GetValueOrDefault(job.Id) == first)
            {
                _byId.Remove(job.Id);
            }
        }
    }
}
