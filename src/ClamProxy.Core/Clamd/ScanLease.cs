namespace ClamProxy.Core.Clamd;

/// <summary>The right to run one scan on one scanner.</summary>
internal sealed class ScanLease(ScanSlots slots, ClamdHost host, bool isLarge, bool isBackground) : IDisposable
{
    private int _keepers = 1;

    public ClamdHost Host => host;

    public bool IsLarge => isLarge;

    public bool IsBackground => isBackground;

    /// <summary>Keeps the slot, behind the lease's end, until clamd is done with a scan nobody waits for: its reply, or the connection's
    /// end, says so.</summary>
    public void Abandon(ClamdSession session)
    {
        Interlocked.Increment(ref _keepers);
        _ = slots.DrainAsync(session, this);
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _keepers) == 0)
        {
            slots.Release(this);
        }
    }
}
