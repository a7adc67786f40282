namespace ClamProxy.Core.Clamd;

/// <summary>Who scans next, and where: a bounded number of scans per scanner, the least busy first, and one bounded queue in order of
/// arrival. A small content may pass large ones, for some slots are its alone.</summary>
internal sealed class ScanSlots(IReadOnlyList<ClamdHost> hosts, ClamdOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private long _turns;

    public int Waiting
    {
        get
        {
            lock (_gate) return _waiters.Count;
        }
    }

    public int InFlight
    {
        get
        {
            lock (_gate) return hosts.Sum(host => host.ScansInFlight);
        }
    }

    /// <summary>Waits for a turn for a content of so many bytes (negative: unknown). The scanners in <paramref name="tried"/> failed it:
    /// they are taken again only where no other may work, and whoever comes with some goes first.</summary>
    public async Task<ScanTurn> WaitAsync(long length, IReadOnlyCollection<ClamdHost> tried, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(length < 0 || length > options.SmallScan, tried);
        lock (_gate)
        {
            if (tried.Count > 0) _waiters.AddFirst(waiter);
            else _waiters.AddLast(waiter);
            Dispatch();
            if (!waiter.Turn.Task.IsCompleted && tried.Count == 0 && _waiters.Count > options.MaxWaitingScans)
            {
                _waiters.Remove(waiter);
                return new ScanTurn(null, ScanOutcome.Busy, $"{options.MaxWaitingScans} scans are waiting already.");
            }
        }

        try
        {
            return await waiter.Turn.Task.WaitAsync(options.ScanWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Withdraw(waiter) ?? new ScanTurn(null, ScanOutcome.Busy, $"No scanner was free within {options.ScanWait.TotalSeconds:0.#} s.");
        }
        catch (OperationCanceledException)
        {
            Withdraw(waiter)?.Lease?.Dispose();
            throw;
        }
    }

    /// <summary>Gives out what is free; called when a scanner's state changed.</summary>
    public void Redistribute()
    {
        lock (_gate) Dispatch();
    }

    public void Release(ScanLease lease)
    {
        lock (_gate)
        {
            lease.Host.ScansInFlight--;
            if (lease.IsLarge) lease.Host.LargeScansInFlight--;
            Dispatch();
        }
    }

    /// <summary>Reads an abandoned scan's reply to its end, then lets its slot go.</summary>
    public async Task DrainAsync(ClamdConnection connection, ScanLease lease)
    {
        using var deadline = new CancellationTokenSource(options.AbandonedScanTime, time);
        try
        {
            await connection.ReceiveAsync(deadline.Token);
        }
        catch (Exception end) when (end is ClamdException or OperationCanceledException)
        {
            // Broken or over its time: either way nothing is known to run there any more.
        }
        finally
        {
            connection.Dispose();
            lease.Dispose();
        }
    }

    /// <summary>Takes a waiter out of the queue; the turn it got in the same moment, if it did.</summary>
    private ScanTurn? Withdraw(Waiter waiter)
    {
        lock (_gate)
        {
            return _waiters.Remove(waiter) || !waiter.Turn.Task.IsCompletedSuccessfully ? null : waiter.Given;
        }
    }

    private void Dispatch()
    {
        for (var node = _waiters.First; node is not null;)
        {
            var next = node.Next;
            if (Choose(node.Value) is { } turn)
            {
                _waiters.Remove(node);
                node.Value.Given = turn;
                node.Value.Turn.SetResult(turn);
            }

            node = next;
        }
    }

    private ScanTurn? Choose(Waiter waiter)
    {
        ClamdHost? best = null;
        var usable = 0;
        var untried = hosts.Any(host => host.MayWork && !waiter.Tried.Contains(host));
        foreach (var host in hosts)
        {
            if (!host.MayWork) continue;
            usable++;
            if ((untried && waiter.Tried.Contains(host)) || !HasRoom(host, waiter.IsLarge)) continue;
            if (best is null || Rank(host).CompareTo(Rank(best)) < 0) best = host;
        }

        if (usable == 0) return new ScanTurn(null, ScanOutcome.Unavailable, WhyNone());
        if (best is null) return null;
        best.ScansInFlight++;
        if (waiter.IsLarge) best.LargeScansInFlight++;
        best.LastTurn = ++_turns;
        return new ScanTurn(new ScanLease(this, best, waiter.IsLarge), ScanOutcome.None, "");
    }

    private bool HasRoom(ClamdHost host, bool isLarge) =>
        host.ScansInFlight < options.MaxScansPerHost && (!isLarge || host.LargeScansInFlight < options.MaxLargeScansPerHost);

    private static (bool IsSuspect, int Busy, long LastTurn) Rank(ClamdHost host) => (host.IsSuspect, host.ScansInFlight, host.LastTurn);

    /// <summary>Without addresses: clients read it.</summary>
    private string WhyNone()
    {
        var troubles = hosts.Select(host => host.State.Trouble).OfType<string>().Distinct(StringComparer.Ordinal);
        return $"No scanner may work: {string.Join("; ", troubles)}.";
    }

    private sealed class Waiter(bool isLarge, IReadOnlyCollection<ClamdHost> tried)
    {
        public bool IsLarge => isLarge;

        public IReadOnlyCollection<ClamdHost> Tried => tried;

        public TaskCompletionSource<ScanTurn> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The turn's copy, readable under the lock.</summary>
        public ScanTurn? Given { get; set; }
    }
}
