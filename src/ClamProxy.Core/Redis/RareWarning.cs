namespace ClamProxy.Core.Redis;

/// <summary>Lets through one warning a minute of what may go wrong at every call for hours.</summary>
internal sealed class RareWarning(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long _saidAt = long.MinValue;

    /// <returns>Whether the caller is to warn now.</returns>
    public bool IsDue()
    {
        var last = Volatile.Read(ref _saidAt);
        var isDue = last == long.MinValue || time.GetElapsedTime(last) >= Pause;
        return isDue && Interlocked.CompareExchange(ref _saidAt, time.GetTimestamp(), last) == last;
    }
}
