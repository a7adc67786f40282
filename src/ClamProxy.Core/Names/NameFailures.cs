using System.Net.Sockets;

namespace ClamProxy.Core.Names;

/// <summary>
/// Names that could not be resolved a moment ago, up to a bound; the oldest make room. Guarded by <see cref="NameResolver"/>.
/// </summary>
internal sealed class NameFailures(TimeSpan life, int most, TimeProvider time)
{
    private readonly Dictionary<string, (SocketError Error, long At)> _failures = new(StringComparer.Ordinal);

    // Each name once, oldest first: a name is not asked for again while it stands here.
    private readonly Queue<string> _order = new();

    public int Count => _failures.Count;

    public SocketError? Find(string name)
    {
        DropOld();
        return _failures.TryGetValue(name, out var failure) ? failure.Error : null;
    }

    public void Add(string name, SocketError error)
    {
        DropOld();
        if (life == TimeSpan.Zero)
        {
            return;
        }

        if (_failures.Count == most)
        {
            _failures.Remove(_order.Dequeue());
        }

        if (_failures.TryAdd(name, (error, time.GetTimestamp())))
        {
            _order.Enqueue(name);
        }
    }

    private void DropOld()
    {
        while (_order.TryPeek(out var oldest) && time.GetElapsedTime(_failures[oldest].At) >= life)
        {
            _failures.Remove(_order.Dequeue());
        }
    }
}
