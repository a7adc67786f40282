using System.Diagnostics.CodeAnalysis;

namespace ClamProxy.Core.Store;

/// <summary>A bounded table: the least recently used make room for the new.</summary>
/// <param name="capacity">The most values in it.</param>
/// <param name="left">Told of each value that leaves, whatever the cause.</param>
/// <param name="bytes">The most bytes that its values take together; one that takes more by itself is the only one.</param>
/// <param name="bytesOf">The bytes that a value takes, always the same; null: they are not counted.</param>
internal sealed class LruTable<TKey, TValue>(
    int capacity, Action<TValue>? left = null, long bytes = long.MaxValue, Func<TValue, long>? bytesOf = null)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = [];
    private long _bytes;

    /// <summary>The bytes that the values in it take together.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    public IReadOnlyList<TValue> Values
    {
        get
        {
            lock (_gate)
            {
                return [.. _byUse.Select(node => node.Value)];
            }
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(key, out var node))
            {
                value = default;
                return false;
            }

            if (node.Next is not null)
            {
                _byUse.Remove(node);
                _byUse.AddLast(node);
            }

            value = node.Value.Value;
            return true;
        }
    }

    public void Set(TKey key, TValue value)
    {
        var size = bytesOf?.Invoke(value) ?? 0;
        List<TValue>? gone = null;
        lock (_gate)
        {
            if (Take(key, out var replaced))
            {
                (gone ??= []).Add(replaced);
            }

            while (_byUse.First is { Value: var oldest } && (_nodes.Count >= capacity || _bytes + size > bytes))
            {
                _ = Take(oldest.Key, out _);
                (gone ??= []).Add(oldest.Value);
            }

            _nodes.Add(key, _byUse.AddLast((key, value)));
            _bytes += size;
        }

        gone?.ForEach(Tell);
    }

    public void Remove(TKey key)
    {
        bool isRemoved;
        TValue? value;
        lock (_gate)
        {
            isRemoved = Take(key, out value);
        }

        if (isRemoved)
        {
            Tell(value!);
        }
    }

    public void Clear()
    {
        List<TValue> all;
        lock (_gate)
        {
            all = [.. _byUse.Select(node => node.Value)];
            _nodes.Clear();
            _byUse.Clear();
            _bytes = 0;
        }

        all.ForEach(Tell);
    }

    private bool Take(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!_nodes.Remove(key, out var node))
        {
            value = default;
            return false;
        }

        _byUse.Remove(node);
        value = node.Value.Value;
        _bytes -= bytesOf?.Invoke(value) ?? 0;
        return true;
    }

    private void Tell(TValue gone) => left?.Invoke(gone);
}
