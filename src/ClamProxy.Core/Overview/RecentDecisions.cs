namespace ClamProxy.Core.Overview;

/// <summary>
/// The latest decisions, in an array of fixed size. Those that are worth a look (not clean, failed) are kept apart as well, so that a rush
/// of ordinary ones does not push them out.
/// </summary>
public sealed class RecentDecisions
{
    /// <summary>A page of the newest decisions takes no more.</summary>
    private const int NewestBytes = 64 * 1024;

    /// <summary>Of five parts, as many are for the notable ones.</summary>
    private const int Parts = 5;

    private readonly ByteRing? _all;
    private readonly ByteRing? _notable;
    private readonly RequestTally _tally = new();
    private long _count;

    /// <param name="bytes">How many bytes it takes; 0: nothing is kept.</param>
    public RecentDecisions(int bytes)
    {
        if (bytes > 0)
        {
            (_all, _notable) = (new ByteRing(bytes - (bytes / Parts)), new ByteRing(bytes / Parts));
        }
    }

    /// <summary>Whether anything is kept.</summary>
    public bool IsOn => _all is not null;

    /// <summary>How many decisions there were.</summary>
    public long Count => Interlocked.Read(ref _count);

    public RequestTally Tally => _tally;

    /// <summary>Never waits for more than the copying of some bytes.</summary>
    public void Add(Decision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        if (_all is null)
        {
            return;
        }

        _tally.Add(decision);
        Span<byte> bytes = stackalloc byte[DecisionBytes.Most];
        var entry = bytes[..DecisionBytes.Write(decision, Interlocked.Increment(ref _count), bytes)];
        _all.Add(entry);
        if (decision.IsNotable)
        {
            _notable!.Add(entry);
        }
    }

    /// <summary>The newest ones, the newest first.</summary>
    public IReadOnlyList<Decision> Newest(int most) => Find(_all?.Copy(NewestBytes), static _ => true, most);

    /// <summary>The newest ones that are not clean or failed.</summary>
    public IReadOnlyList<Decision> NewestNotable(int most) => Find(_notable?.Copy(), static _ => true, most);

    /// <summary>The newest ones that a condition holds for, the newest first.</summary>
    /// <param name="most">Not more than so many.</param>
    public IReadOnlyList<Decision> Find(Func<Decision, bool> matches, int most)
    {
        ArgumentNullException.ThrowIfNull(matches);
        return
        [
            .. Find(_all?.Copy(), matches, most).Concat(Find(_notable?.Copy(), matches, most))
                .DistinctBy(decision => decision.Number).OrderByDescending(decision => decision.Number).Take(most),
        ];
    }

    private static List<Decision> Find(byte[]? copy, Func<Decision, bool> matches, int most)
    {
        var found = new List<Decision>();
        ReadOnlySpan<byte> left = copy;
        while (found.Count < most && ByteRing.TryTakeNewest(ref left, out var entry))
        {
            var decision = DecisionBytes.Read(entry);
            if (matches(decision))
            {
                found.Add(decision);
            }
        }

        return found;
    }
}
