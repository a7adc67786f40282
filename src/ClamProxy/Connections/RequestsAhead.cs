namespace ClamProxy.Connections;

/// <summary>
/// Which of the requests that wait on one connection have been begun before their turn. One request of a connection is answered at a time,
/// so that one thread at a time looks for others.
/// </summary>
/// <param name="most">How many may be under way at once, and how many are remembered.</param>
internal sealed class RequestsAhead(int most)
{
    private readonly Queue<int> _seen = new(most);
    private int _underWay;
    private volatile bool _isOver;

    /// <summary>Something was fetched in vain: what this client asks for is not worth fetching before its turn.</summary>
    public bool IsOver => _isOver;

    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Whether a waiting request has not been seen yet; from now on it has been.</summary>
    /// <param name="key">What it is known by: two that are the same are for the same file.</param>
    public bool IsNew(int key)
    {
        if (_isOver || _underWay >= most || _seen.Contains(key))
        {
            return false;
        }

        if (_seen.Count == most)
        {
            _seen.Dequeue();
        }

        _seen.Enqueue(key);
        return true;
    }

    public void Begin() => Interlocked.Increment(ref _underWay);

    public void Ended(bool isLost)
    {
        if (isLost)
        {
            _isOver = true;
        }

        Interlocked.Decrement(ref _underWay);
    }
}
