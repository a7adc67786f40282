namespace ClamProxy.TestKit;

/// <summary>The system's clock, moved on by as much as a test wants: timers run in real time, ages do not.</summary>
public sealed class ShiftedTimeProvider : TimeProvider
{
    private long _ticks;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));

    public override long GetTimestamp() =>
        System.GetTimestamp() + (long)(Interlocked.Read(ref _ticks) * ((double)System.TimestampFrequency / TimeSpan.TicksPerSecond));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
