namespace ClamProxy.Core.Clamd;

/// <summary>
/// Who scans next, and where. First those that a scanner failed, then clients in turn, then what may wait (rescans). A small content may
/// pass large ones, for some slots are its alone. Waiting is bounded in number and time.
/// </summary>
internal sealed class ScanSlots(ScannerRoster roster, ClamdOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly ScanRoom _room = new(roster, options);
    private readonly LinkedList<ScanWaiter> _repeats = [];
    private readonly ScanQueue _clients = new();
    private readonly LinkedList<ScanWaiter> _background = [];

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _repeats.Count + _clients.Count + _background.Count;
            }
        }
    }

    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return _room.InFlight;
            }
        }
    }

    /// <summary>Whether no scan is under way there, those nobody waits for any more included.</summary>
    public bool IsIdle(ClamdHost host)
    {
        lock (_gate)
        {
            return host.ScansInFlight == 0;
        }
    }

    /// <summary>
    /// Waits for a turn. The scanners in <paramref name="tried"/> failed this content: they are taken again only where no other may work,
    /// and whoever comes with some goes first.
    /// </summary>
    public async Task<ScanTurn> WaitAsync(ScanSource source, IReadOnlyCollection<ClamdHost> tried, CancellationToken cancellationToken)
    {
        var waiter = new ScanWaiter(source, source.Length < 0 || source.Length > options.SmallScan, tried);
        using var following = source.WantedBy?.Follow(client => Join(waiter, client), (client, _) => Part(waiter, client));
        lock (_gate)
        {
            Enter(waiter);
            Dispatch();
            if (waiter.Given is null)
            {
                RefuseSurplus(waiter);
            }
        }

        try
        {
            return await waiter.Turn.Task.WaitAsync(options.ScanWait, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Withdraw(waiter)
                ?? new ScanTurn(null, ScanOutcome.Busy, $"No scanner was free within {options.ScanWait.TotalSeconds:0.#} s.");
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
        lock (_gate)
        {
            Dispatch();
        }
    }

    public void Release(ScanLease lease)
    {
        lock (_gate)
        {
            _room.Release(lease);
            Dispatch();
        }
    }

    /// <summary>Reads an abandoned scan's reply to its end, then lets its slot go.</summary>
    public async Task DrainAsync(ClamdSession session, ScanLease lease)
    {
        using var deadline = new CancellationTokenSource(options.AbandonedScanTime, time);
        try
        {
            await session.DrainAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception end) when (end is ClamdException or OperationCanceledException)
        {
            // Broken or over its time: either way nothing is known to run there any more.
        }
        finally
        {
            session.Dispose();
            lease.Dispose();
        }
    }

    private void Join(ScanWaiter waiter, string client)
    {
        lock (_gate)
        {
            _clients.Join(waiter, client);
        }
    }

    private void Part(ScanWaiter waiter, string client)
    {
        lock (_gate)
        {
            _clients.Part(waiter, client);
        }
    }

    /// <summary>Takes a waiter out of its queue; the turn it got in the same moment, if it did.</summary>
    private ScanTurn? Withdraw(ScanWaiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Given is null)
            {
                Leave(waiter);
            }

            return waiter.Given;
        }
    }

    private void Enter(ScanWaiter waiter)
    {
        if (QueueOf(waiter) is { } queue)
        {
            waiter.Node = queue.AddLast(waiter);
        }
        else
        {
            _clients.Add(waiter);
        }
    }

    private void Leave(ScanWaiter waiter)
    {
        if (QueueOf(waiter) is { } queue)
        {
            queue.Remove(waiter.Node!);
        }
        else
        {
            _clients.Withdraw(waiter);
        }
    }

    /// <summary>Null where it is a client's.</summary>
    private LinkedList<ScanWaiter>? QueueOf(ScanWaiter waiter) =>
        waiter.IsBackground ? _background : waiter.Tried.Count > 0 ? _repeats : null;

    /// <summary>What may wait has as many places of its own as clients have together.</summary>
    private void RefuseSurplus(ScanWaiter comer)
    {
        if (comer.Tried.Count > 0 || (comer.IsBackground ? _background.Count : _clients.Count) <= options.MaxWaitingScans)
        {
            return;
        }

        var surplus = comer.IsBackground ? comer : _clients.Surplus(comer);
        Leave(surplus);
        surplus.Give(new ScanTurn(null, ScanOutcome.Busy, $"{options.MaxWaitingScans} scans are waiting already."));
    }

    private void Dispatch()
    {
        if (!_room.IsOpen)
        {
            RefuseAll();
            return;
        }

        for (var node = _repeats.First; node is not null;)
        {
            var next = node.Next;
            if (TryGive(node.Value))
            {
                _repeats.Remove(node);
            }

            node = next;
        }

        while (NextClient() is { } waiter && TryGive(waiter))
        {
            _clients.Serve(waiter);
        }

        var isQuiet = _repeats.Count + _clients.Count == 0;
        while (isQuiet && _background.First is { } first && TryGive(first.Value))
        {
            _background.Remove(first);
        }
    }

    private ScanWaiter? NextClient() => _room.Has(isLarge: true) ? _clients.Next : _room.Has(isLarge: false) ? _clients.NextSmall : null;

    private bool TryGive(ScanWaiter waiter)
    {
        if (_room.Take(waiter) is not { } host)
        {
            return false;
        }

        waiter.Give(new ScanTurn(new ScanLease(this, host, waiter.IsLarge, waiter.IsBackground), ScanOutcome.None, ""));
        return true;
    }

    private void RefuseAll()
    {
        var refusal = new ScanTurn(null, ScanOutcome.Unavailable, _room.WhyNone);
        while ((_repeats.First?.Value ?? _clients.Next ?? _background.First?.Value) is { } waiter)
        {
            Leave(waiter);
            waiter.Give(refusal);
        }
    }
}
