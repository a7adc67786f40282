using System.Diagnostics.CodeAnalysis;

namespace ClamProxy.Core.Store;

/// <summary>A bounded table: the least recently used makes room for the new.</summary>
/// <param name="capacity">The most values in it.</param>
/// <param name="left">Told of each value that leaves, whatever the cause.</param>
internal sealed class LruTable<TKey, TValue>(int capacity, Action<TValue>? left = null)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = [];

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
        (bool Is, TValue? Value) replaced, oldest = default;
        lock (_gate)
        {
            replaced = Take(key, out var old) ? (true, old) : default;
            if (_nodes.Count == capacity)
            {
                oldest = (true, _byUse.First!.Value.Value);
                _nodes.Remove(_byUse.First.Value.Key);
                _byUse.RemoveFirst();
            }

            _nodes.Add(key, _byUse.AddLast((key, value)));
        }

        Tell(replaced);
        Tell(oldest);
    }

    public void Remove(TKey key)
    {
        (bool Is, TValue? Value) removed;
        lock (_gate)
        {
            removed = Take(key, out var value) ? (true, value) : default;
        }

        Tell(removed);
    }

    public void Clear()
    {
        List<TValue> all;
        lock (_gate)
        {
            all = [.. _byUse.Select(node => node.Value)];
            _nodes.Clear();
            _byUse.Clear();
        }

        all.ForEach(value => left?.Invoke(value));
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
        return true;
    }

    private void Tell((bool Is, TValue? Value) gone)
    {
        if (gone.Is)
        {
            left?.Invoke(gone.Value!);
        }
    }
}
