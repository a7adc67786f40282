namespace ClamProxy.Core.Admission;

/// <summary>
/// Room that clients share: connections, requests, bytes. A client may hold at most a part of what it holds and what is free together.
/// With one half, it may hold as much as is free: one client alone gets half of the room, two get a third each, three a quarter. So a few
/// greedy clients always leave room for the next one (dynamic thresholds: Choudhury and Hahne, IEEE/ACM ToN 6(2), 1998).
/// </summary>
/// <param name="total">All that there is.</param>
/// <param name="mostOfOne">The most that one client may have, however much is free.</param>
/// <param name="share">That part in percent; 100: nothing is kept free for others.</param>
public sealed class SharedRoom(long total, long mostOfOne = long.MaxValue, int share = SharedRoom.Half)
{
    /// <summary>A client may hold as much as is free.</summary>
    public const int Half = 50;

    private const int Whole = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _byClient = new(StringComparer.Ordinal);
    private long _inUse;

    public long Total => total;

    public long InUse => Interlocked.Read(ref _inUse);

    /// <summary>Clients that have some of it: one that has none leaves nothing here.</summary>
    public int Clients
    {
        get
        {
            lock (_gate)
            {
                return _byClient.Count;
            }
        }
    }

    public long HeldBy(string client)
    {
        lock (_gate)
        {
            return _byClient.GetValueOrDefault(client);
        }
    }

    /// <summary>Takes some.</summary>
    /// <param name="client">Who takes it; null: nobody in particular, who has no share to keep to.</param>
    /// <param name="amount">How much more.</param>
    /// <param name="ofSameWork">How much of what the client has is for the same piece of work: the only work of a client may have all the
    /// room.</param>
    public RoomOutcome TryTake(string? client, long amount, long ofSameWork = 0)
    {
        lock (_gate)
        {
            if (amount > total - _inUse)
            {
                return RoomOutcome.Full;
            }

            if (client is not null)
            {
                var had = _byClient.GetValueOrDefault(client);
                if (had + amount > mostOfOne || (had > ofSameWork && !IsWithinShare(had + amount, total - _inUse - amount)))
                {
                    return RoomOutcome.ShareIsFull;
                }

                _byClient[client] = had + amount;
            }

            Interlocked.Add(ref _inUse, amount);
            return RoomOutcome.Taken;
        }
    }

    /// <summary>
    /// Whether somebody could take this much and still leave at least half of the room, and half of what this client may have: for work
    /// that others' work, or the client's own, must not lack it for.
    /// </summary>
    /// <param name="client">Null: nobody in particular, who has no share to keep to.</param>
    public bool HasSpare(string? client, long amount)
    {
        lock (_gate)
        {
            var has = (client is null ? 0 : _byClient.GetValueOrDefault(client)) + amount;
            return amount <= (total / 2) - _inUse
                && (client is null || (has <= mostOfOne / 2 && IsWithinShare(2 * has, total - _inUse - amount)));
        }
    }

    public void Return(string? client, long amount)
    {
        lock (_gate)
        {
            Subtract(client, amount);
            Interlocked.Add(ref _inUse, -amount);
        }
    }

    /// <summary>
    /// What one client has becomes another's, even beyond its share: the work is there already, and somebody has to answer for it.
    /// </summary>
    public void Move(string? from, string? to, long amount)
    {
        lock (_gate)
        {
            Subtract(from, amount);
            if (to is not null && amount > 0)
            {
                _byClient[to] = _byClient.GetValueOrDefault(to) + amount;
            }
        }
    }

    private bool IsWithinShare(long has, long free) => (double)has * (Whole - share) <= (double)free * share;

    private void Subtract(string? client, long amount)
    {
        if (client is null || amount == 0)
        {
            return;
        }

        var left = _byClient[client] - amount;
        if (left == 0)
        {
            _byClient.Remove(client);
        }
        else
        {
            _byClient[client] = left;
        }
    }
}
