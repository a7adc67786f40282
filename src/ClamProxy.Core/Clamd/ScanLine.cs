namespace ClamProxy.Core.Clamd;

/// <summary>What one client has waiting, in order of arrival.</summary>
internal sealed class ScanLine(string client)
{
    private readonly LinkedList<ScanWaiter> _all = [];
    private readonly LinkedList<ScanWaiter> _small = [];

    public string Client => client;

    /// <summary>Its place among the clients, the lowest first: when it came, or had its last turn.</summary>
    public long Place { get; set; }

    public int Count => _all.Count;

    public ScanWaiter? Oldest => _all.First?.Value;

    public ScanWaiter? OldestSmall => _small.First?.Value;

    public ScanWaiter? Newest => _all.Last?.Value;

    public void Add(ScanWaiter waiter)
    {
        waiter.Node = _all.AddLast(waiter);
        waiter.SmallNode = waiter.IsLarge ? null : _small.AddLast(waiter);
    }

    public void Remove(ScanWaiter waiter)
    {
        _all.Remove(waiter.Node!);
        if (waiter.SmallNode is { } small) _small.Remove(small);
    }
}
