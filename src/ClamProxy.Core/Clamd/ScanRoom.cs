namespace ClamProxy.Core.Clamd;

/// <summary>How much each scanner has to do, and which one takes the next scan: the least busy. Guarded by
/// <see cref="ScanSlots"/>.</summary>
internal sealed class ScanRoom(ScannerRoster roster, ClamdOptions options)
{
    private long _turns;

    public int InFlight => roster.Hosts.Sum(host => host.ScansInFlight);

    /// <summary>At least one scanner is up and trusted, busy or not.</summary>
    public bool IsOpen => roster.Hosts.Any(host => host.MayWork);

    /// <summary>Why no scanner is available, without addresses: clients read it.</summary>
    public string WhyNone
    {
        get
        {
            var troubles = roster.States.Select(state => state.Trouble).OfType<string>().Distinct(StringComparer.Ordinal);
            return $"No scanner available: {string.Join("; ", troubles)}.";
        }
    }

    /// <summary>Whether some scanner can start a client's scan now.</summary>
    public bool Has(bool isLarge) => roster.Hosts.Any(host => host.MayWork && Takes(host, isLarge));

    /// <summary>The scanner that gets the scan, already counted as busier; null if none can.</summary>
    public ClamdHost? Take(ScanWaiter waiter)
    {
        ClamdHost? best = null;
        var hosts = roster.Hosts;
        var isUntriedUp = hosts.Any(host => host.MayWork && !waiter.Tried.Contains(host));
        foreach (var host in hosts)
        {
            if (!host.MayWork || (isUntriedUp && waiter.Tried.Contains(host)))
            {
                continue;
            }

            if (!(waiter.IsBackground ? IsIdle(host) : Takes(host, waiter.IsLarge)))
            {
                continue;
            }

            if (best is null || Rank(host).CompareTo(Rank(best)) < 0)
            {
                best = host;
            }
        }

        if (best is not null)
        {
            Count(best, waiter.IsLarge, waiter.IsBackground, 1);
        }

        if (best is not null)
        {
            best.LastTurn = ++_turns;
        }

        return best;
    }

    public void Release(ScanLease lease) => Count(lease.Host, lease.IsLarge, lease.IsBackground, -1);

    private static void Count(ClamdHost host, bool isLarge, bool isBackground, int change)
    {
        host.ScansInFlight += change;
        if (isBackground)
        {
            host.BackgroundScansInFlight += change;
        }
        else if (isLarge)
        {
            host.LargeScansInFlight += change;
        }
    }

    private static (bool IsSuspect, int Busy, long LastTurn) Rank(ClamdHost host) => (host.IsSuspect, host.ScansInFlight, host.LastTurn);

    private static int ForClients(ClamdHost host) => host.ScansInFlight - host.BackgroundScansInFlight;

    // What runs in the background takes no client's slot.
    private bool Takes(ClamdHost host, bool isLarge) =>
        ForClients(host) < options.MaxScansPerHost && (!isLarge || host.LargeScansInFlight < options.LargeScansPerHost);

    // As many scans as keep its cores busy are under way: one more would slow them down.
    private bool IsIdle(ClamdHost host) =>
        host.BackgroundScansInFlight < options.MaxBackgroundScansPerHost && ForClients(host) < options.LargeScansPerHost;
}
