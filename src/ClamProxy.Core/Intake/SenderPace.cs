namespace ClamProxy.Core.Intake;

/// <summary>Whether a sender sends fast enough, measured by the time it was waited for: what a slow sink takes is not its fault.</summary>
internal sealed class SenderPace(long bytesPerSecond, TimeProvider time)
{
    /// <summary>Long enough for a server that makes its answer as it sends it, and for a link that is gone for a while.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private TimeSpan _waited;
    private long _received;
    private long _askedAt;

    public void Asked() => _askedAt = time.GetTimestamp();

    /// <summary>Counts a piece that came.</summary>
    /// <returns>Whether the waits of a whole window brought less than they should have.</returns>
    public bool IsTooSlowAfter(int bytes)
    {
        _waited += time.GetElapsedTime(_askedAt);
        _received += bytes;
        if (_waited < Window)
        {
            return false;
        }

        var isTooSlow = _received < bytesPerSecond * _waited.TotalSeconds;
        (_waited, _received) = (TimeSpan.Zero, 0);
        return isTooSlow;
    }
}
