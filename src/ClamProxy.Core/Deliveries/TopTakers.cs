namespace ClamProxy.Core.Deliveries;

/// <summary>The latest of many rows, which are looked at one after the other; all are counted.</summary>
/// <param name="most">How many are kept.</param>
internal sealed class TopTakers(int most)
{
    private readonly PriorityQueue<Taker, DateTimeOffset> _latest = new();
    private readonly HashSet<(string?, string?)> _clients = [];
    private long _rows;

    public void Add(Taker taker)
    {
        _rows++;
        _clients.Add((taker.Client, taker.User));
        _latest.Enqueue(taker, taker.Last);
        if (_latest.Count > most)
        {
            _latest.Dequeue();
        }
    }

    public Takers Of(string sha256)
    {
        var some = _latest.UnorderedItems.Select(item => item.Element).OrderByDescending(taker => taker.Last).ToList();
        return new Takers(sha256, some, _rows, _clients.Count);
    }
}
