using System.Collections.Concurrent;

namespace ClamProxy.Core.Overview;

/// <summary>Work under way of one kind: whoever does it says when it begins and ends.</summary>
internal sealed class WorkList(TimeProvider clock)
{
    private readonly ConcurrentDictionary<Entry, long> _startedAt = new();

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<WorkUnderWay> All =>
    [
        .. _startedAt.OrderBy(entry => entry.Value).Select(entry => entry.Key.Work with { Age = clock.GetElapsedTime(entry.Value) }),
    ];

    /// <param name="work">What it is; its age counts from now on.</param>
    /// <returns>Ends it.</returns>
    public IDisposable Begin(WorkUnderWay work)
    {
        var entry = new Entry(this, work);
        _startedAt[entry] = clock.GetTimestamp();
        return entry;
    }

    private sealed class Entry(WorkList list, WorkUnderWay work) : IDisposable
    {
        public WorkUnderWay Work => work;

        public void Dispose() => list._startedAt.TryRemove(this, out _);
    }
}
