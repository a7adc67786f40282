namespace ClamProxy.Core.Clamd;

/// <summary>The scans that clients wait for: clients take turns, each one's own in order of arrival. A client that comes goes behind those
/// that wait, one that had its turn too, so that nobody is passed twice by the same other. A content that several clients want stands in
/// the line of each, and is served in the turn that comes first. Every step costs the logarithm of the number of clients. Guarded by
/// <see cref="ScanSlots"/>.</summary>
internal sealed class ScanQueue
{
    private static readonly Comparer<ClientScans> ByPlace = Comparer<ClientScans>.Create((one, other) => one.Place.CompareTo(other.Place));

    private readonly Dictionary<string, ClientScans> _lines = new(StringComparer.Ordinal);
    private readonly SortedSet<ClientScans> _withAny = new(ByPlace);
    private readonly SortedSet<ClientScans> _withSmall = new(ByPlace);
    private long _lastPlace;

    public int Count { get; private set; }

    /// <summary>Whose turn it is.</summary>
    public ScanWaiter? Next => _withAny.Min?.Oldest;

    /// <summary>Whose turn it is while there is room for small ones alone. Those who wait with large ones keep their places.</summary>
    public ScanWaiter? NextSmall => _withSmall.Min?.OldestSmall;

    public void Add(ScanWaiter waiter)
    {
        waiter.IsInLine = true;
        Count++;
        foreach (var client in waiter.Places.Keys.ToList())
        {
            Stand(waiter, client);
        }
    }

    /// <summary>
    /// One more client wants what waits already: it is found in that client's line too, as if it had been asked for by that one.
    /// </summary>
    public void Join(ScanWaiter waiter, string client)
    {
        if (waiter.Places.TryAdd(client, null) && waiter.IsInLine)
        {
            Stand(waiter, client);
        }
    }

    /// <summary>One client wants it no more, others do.</summary>
    public void Part(ScanWaiter waiter, string client)
    {
        if (waiter.Places.Remove(client, out var place) && place is not null)
        {
            StepOut(place, isServed: false);
        }
    }

    /// <summary>Takes out one whose turn has come: the next one of the client whose turn it was comes after everybody else's. Other clients
    /// that want it too keep their places.</summary>
    public void Serve(ScanWaiter waiter)
    {
        var turn = waiter.Places.Values.MinBy(place => place!.Line.Place);
        StepOut(waiter, turn);
    }

    /// <summary>Takes out one that waits no longer: its clients keep their places.</summary>
    public void Withdraw(ScanWaiter waiter) => StepOut(waiter, null);

    /// <summary>Who goes when one too many has come: the newest of the client with the most, the comer itself where its client has no fewer
    /// than any other. So nobody loses a place to a client with more of them. What several clients want is counted with the one that has
    /// the fewest.</summary>
    public ScanWaiter Surplus(ScanWaiter comer)
    {
        var (surplus, most) = (comer, Fewest(comer));
        if (_lines.Values.MaxBy(line => line.Count) is not { } longest || longest.Count <= most)
        {
            return comer;
        }

        foreach (var waiter in longest.NewestFirst)
        {
            if (Fewest(waiter) is var count && count > most)
            {
                (surplus, most) = (waiter, count);
            }

            if (most == longest.Count)
            {
                break;
            }
        }

        return surplus;
    }

    private static int Fewest(ScanWaiter waiter) => waiter.Places.Values.Min(place => place!.Line.Count);

    private void Stand(ScanWaiter waiter, string client)
    {
        if (!_lines.TryGetValue(client, out var line))
        {
            line = new ClientScans(client) { Place = ++_lastPlace };
            _lines.Add(client, line);
        }

        waiter.Places[client] = line.Add(waiter);
        Enter(line);
    }

    private void StepOut(ScanWaiter waiter, ScanPlace? turn)
    {
        waiter.IsInLine = false;
        Count--;
        foreach (var (client, place) in waiter.Places.ToList())
        {
            waiter.Places[client] = null;
            StepOut(place!, isServed: place == turn);
        }
    }

    private void StepOut(ScanPlace place, bool isServed)
    {
        var line = place.Line;
        Leave(line);
        line.Remove(place);
        line.Place = isServed ? ++_lastPlace : line.Place;
        if (line.Count == 0)
        {
            _lines.Remove(line.Client);
        }
        else
        {
            Enter(line);
        }
    }

    private void Enter(ClientScans line)
    {
        _withAny.Add(line);
        if (line.OldestSmall is not null)
        {
            _withSmall.Add(line);
        }
    }

    // Before its place changes: the sets find it by that.
    private void Leave(ClientScans line)
    {
        _withAny.Remove(line);
        _withSmall.Remove(line);
    }
}
