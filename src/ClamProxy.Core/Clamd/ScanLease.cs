namespace ClamProxy.Core.Clamd;

/// <summary>The right to run one scan on one scanner.</summary>
internal sealed class ScanLease(ScanSlots slots, ClamdHost host, bool isLarge, bool isBackground) : IDisposable
{
    private int _keepers = 1;

    public ClamdHost Host => host;

    public bool IsLarge => isLarge;

    public bool IsBackground => isBackground;

    /// <summary>What the scanner reported before this scan began.</summary>
    public ScannerVersion? Version { get; } = host.Version;

    /// <summary>Keeps the slot, behind the lease's end, until clamd is done with a scan nobody waits for: its reply, or the connection's
    /// end, says so.</summary>
    public void Abandon(ClamdConnection connection)
    {
        Interlocked.Increment(ref _keepers);
        _ = slots.DrainAsync(connection, this);
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _keepers) == 0) slots.Release(this);
    }
}
