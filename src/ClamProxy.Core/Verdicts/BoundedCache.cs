using System.Diagnostics.CodeAnalysis;

namespace ClamProxy.Core.Verdicts;

/// <summary>Values with one fixed time to live; when full, the least recently used make room for the new.</summary>
/// <param name="capacity">The most values in it.</param>
/// <param name="timeToLive">The life of a value, never extended by a read.</param>
/// <param name="time">The clock.</param>
/// <param name="bytes">The most bytes that its values take together; one that takes more by itself is the only one.</param>
/// <param name="bytesOf">The bytes that a value takes, always the same; null: they are not counted.</param>
/// <remarks>
/// Not MemoryCache: at its SizeLimit that one refuses new entries until a background compaction has run (measured: of
/// 150,000 written in a row into 100,000 places, none of the last 1000 was kept), and it takes no TimeProvider.
/// </remarks>
internal sealed class BoundedCache<TValue>(
    int capacity, TimeSpan timeToLive, TimeProvider time, long bytes = long.MaxValue, Func<TValue, long>? bytesOf = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes;

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
        var size = bytesOf?.Invoke(value) ?? 0;
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var old))
            {
                Remove(old);
            }

            while (_byUse.First is { } oldest && (_entries.Count >= capacity || _bytes + size > bytes))
            {
                Remove(oldest);
            }

            _entries.Add(key, _byUse.AddLast(new Entry(key, value, time.GetTimestamp())));
            _bytes += size;
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
        _bytes -= bytesOf?.Invoke(node.Value.Value) ?? 0;
    }

    private readonly record struct Entry(string Key, TValue Value, long Since);
}
