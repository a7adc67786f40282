using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.TestKit;

/// <summary>A manual clock that tells when a timer is set to a given time: only then does it make sense to move it on.</summary>
public sealed class WatchedClock(TimeSpan watched) : TimeProvider, IDisposable
{
    private readonly FakeTimeProvider _clock = FakeClock.Create();
    private readonly SemaphoreSlim _set = new(0);

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    public void Advance(TimeSpan by) => _clock.Advance(by);

    /// <summary>Waits until a timer was set once more.</summary>
    public Task TimerSetAsync(CancellationToken cancellationToken) => _set.WaitAsync(cancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this, _clock.CreateTimer(callback, state, dueTime, period));
        Told(dueTime);
        return timer;
    }

    public void Dispose() => _set.Dispose();

    private void Told(TimeSpan dueTime)
    {
        if (dueTime == watched)
        {
            _set.Release();
        }
    }

    private sealed class WatchedTimer(WatchedClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var isChanged = timer.Change(dueTime, period);
            clock.Told(dueTime);
            return isChanged;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
