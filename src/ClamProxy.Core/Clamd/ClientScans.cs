namespace ClamProxy.Core.Clamd;

/// <summary>What one client has waiting, in order of arrival.</summary>
internal sealed class ClientScans(string client)
{
    private readonly LinkedList<ScanWaiter> _all = [];
    private readonly LinkedList<ScanWaiter> _small = [];

    public string Client => client;

    /// <summary>Its place among the clients, the lowest first: when it came, or had its last turn.</summary>
    public long Place { get; set; }

    public int Count => _all.Count;

    public ScanWaiter? Oldest => _all.First?.Value;

    public ScanWaiter? OldestSmall => _small.First?.Value;

    /// <summary>All that wait, the newest first.</summary>
    public IEnumerable<ScanWaiter> NewestFirst
    {
        get
        {
            for (var node = _all.Last; node is not null; node = node.Previous)
            {
                yield return node.Value;
            }
        }
    }

    public ScanPlace Add(ScanWaiter waiter) => new(this, _all.AddLast(waiter), waiter.IsLarge ? null : _small.AddLast(waiter));

    public void Remove(ScanPlace place)
    {
        _all.Remove(place.Node);
        if (place.SmallNode is { } small)
        {
            _small.Remove(small);
        }
    }
}
