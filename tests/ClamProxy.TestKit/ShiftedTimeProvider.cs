namespace ClamProxy.TestKit;

/// <summary>The system's clock, moved on by as much as a test wants: timers run in real time, ages do not.</summary>
/// <param name="isStill">Whether it stands between two such moves: else what took long on a slow machine has aged meanwhile.</param>
public class ShiftedTimeProvider(bool isStill = false) : TimeProvider
{
    private readonly (DateTimeOffset Now, long Timestamp) _start = (System.GetUtcNow(), System.GetTimestamp());
    private long _ticks;

    public override DateTimeOffset GetUtcNow() => (isStill ? _start.Now : System.GetUtcNow()).AddTicks(Interlocked.Read(ref _ticks));

    public override long GetTimestamp() =>
        (isStill ? _start.Timestamp : System.GetTimestamp())
        + (long)(Interlocked.Read(ref _ticks) * ((double)System.TimestampFrequency / TimeSpan.TicksPerSecond));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
