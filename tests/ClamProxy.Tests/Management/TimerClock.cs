using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Tests.Management;

/// <summary>
/// A clock that moves only when told to, and says when the first timer of the watched period is set: time that passes before is lost to it.
/// </summary>
internal sealed class TimerClock(TimeSpan watched) : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
{
    private readonly TaskCompletionSource _isSet = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task IsSet => _isSet.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (period == watched)
        {
            _isSet.TrySetResult();
        }

        return timer;
    }
}
