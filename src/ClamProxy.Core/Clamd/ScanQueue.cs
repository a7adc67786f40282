namespace ClamProxy.Core.Clamd;

/// <summary>The scans that clients wait for: clients take turns, each one's own in order of arrival. A client that comes goes behind those
/// that wait, one that had its turn too, so that nobody is passed twice by the same other. Every step costs the logarithm of the number of
/// clients. Guarded by <see cref="ScanSlots"/>.</summary>
internal sealed class ScanQueue
{
    private static readonly Comparer<ScanLine> ByPlace = Comparer<ScanLine>.Create((one, other) => one.Place.CompareTo(other.Place));

    private readonly Dictionary<string, ScanLine> _lines = new(StringComparer.Ordinal);
    private readonly SortedSet<ScanLine> _withAny = new(ByPlace);
    private readonly SortedSet<ScanLine> _withSmall = new(ByPlace);
    private long _lastPlace;

    public int Count { get; private set; }

    /// <summary>Whose turn it is.</summary>
    public ScanWaiter? Next => _withAny.Min?.Oldest;

    /// <summary>Whose turn it is while there is room for small ones alone. Those who wait with large ones keep their places.</summary>
    public ScanWaiter? NextSmall => _withSmall.Min?.OldestSmall;

    public void Add(ScanWaiter waiter)
    {
        if (!_lines.TryGetValue(waiter.Client, out var line))
        {
            line = new ScanLine(waiter.Client) { Place = ++_lastPlace };
            _lines.Add(waiter.Client, line);
        }

        line.Add(waiter);
        Count++;
        Enter(line);
    }

    /// <summary>Takes out one whose turn has come: its client's next one comes after everybody else's.</summary>
    public void Serve(ScanWaiter waiter)
    {
        var line = _lines[waiter.Client];
        Leave(line);
        line.Place = ++_lastPlace;
        Remove(line, waiter);
    }

    /// <summary>Takes out one that waits no longer: its client keeps its place.</summary>
    public void Withdraw(ScanWaiter waiter)
    {
        var line = _lines[waiter.Client];
        Leave(line);
        Remove(line, waiter);
    }

    /// <summary>Who goes when one too many has come: the newest of the client with the most, the comer itself where its client has no fewer
    /// than any other. So nobody loses a place to a client with more of them.</summary>
    public ScanWaiter Surplus(ScanWaiter comer)
    {
        var longest = _lines[comer.Client];
        foreach (var line in _lines.Values)
        {
            if (line.Count > longest.Count) longest = line;
        }

        return longest.Newest!;
    }

    private void Remove(ScanLine line, ScanWaiter waiter)
    {
        line.Remove(waiter);
        Count--;
        if (line.Count == 0) _lines.Remove(line.Client);
        else Enter(line);
    }

    private void Enter(ScanLine line)
    {
        _withAny.Add(line);
        if (line.OldestSmall is not null) _withSmall.Add(line);
    }

    // Before its place changes: the sets find it by that.
    private void Leave(ScanLine line)
    {
        _withAny.Remove(line);
        _withSmall.Remove(line);
    }
}
