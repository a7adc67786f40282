namespace ClamProxy.Core.Overview;

/// <summary>The latest contents that turned out infected after somebody had taken them.</summary>
public sealed class RecentDetections
{
    /// <summary>Each is under 500 bytes.</summary>
    private const int Most = 200;

    private readonly Lock _gate = new();
    private readonly Queue<LateDetection> _latest = new();

    /// <summary>The newest first.</summary>
    public IReadOnlyList<LateDetection> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _latest.Reverse()];
            }
        }
    }

    public void Add(LateDetection detection)
    {
        lock (_gate)
        {
            if (_latest.Count == Most)
            {
                _latest.Dequeue();
            }

            _latest.Enqueue(detection);
        }
    }
}
