using System.Diagnostics.CodeAnalysis;

namespace ClamProxy.Core.Verdicts;

/// <summary>Values with one fixed time to live; when full, the least recently used makes room for the new.</summary>
/// <remarks>
/// Not MemoryCache: at its SizeLimit that one refuses new entries until a background compaction has run (measured: of
/// 150,000 written in a row into 100,000 places, none of the last 1000 was kept), and it takes no TimeProvider.
/// </remarks>
internal sealed class BoundedCache<TValue>(int capacity, TimeSpan timeToLive, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public bool TryGet(string key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            value = default;
            if (!_entries.TryGetValue(key, out var node))
            {
                return false;
            }

            // A timestamp, not the wall clock: setting the machine's clock back must not lengthen a life.
            if (time.GetElapsedTime(node.Value.Since) >= timeToLive)
            {
                Remove(node);
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddLast(node);
            value = node.Value.Value;
            return true;
        }
    }

    public void Set(string key, TValue value)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var old))
            {
                Remove(old);
            }
            else if (_entries.Count == capacity)
            {
                Remove(_byUse.First!);
            }

            _entries.Add(key, _byUse.AddLast(new Entry(key, value, time.GetTimestamp())));
        }
    }

    public void Remove(string key)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                Remove(node);
            }
        }
    }

    /// <summary>Removes the value unless another one has taken its place since.</summary>
    public void Remove(string key, TValue value)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var node) && EqualityComparer<TValue>.Default.Equals(node.Value.Value, value))
            {
                Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byUse.Remove(node);
    }

    private readonly record struct Entry(string Key, TValue Value, long Since);
}
