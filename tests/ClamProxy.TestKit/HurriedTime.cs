namespace ClamProxy.TestKit;

/// <summary>The system's clock, but a test lets timers run off before their time. It tells them apart by their lengths; periodic ones only
/// run by themselves.</summary>
public sealed class HurriedTime : ShiftedTimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<(HurriedTimer Timer, TimeSpan Length)> _settings = [];

    /// <summary>How often a timer was set to this length.</summary>
    public int Settings(TimeSpan length)
    {
        lock (_gate)
        {
            return _settings.Count(setting => setting.Length == length);
        }
    }

    /// <summary>The timers of this length that have not run off and were not stopped.</summary>
    public IReadOnlyList<ITimer> Running(TimeSpan length)
    {
        lock (_gate)
        {
            return [.. _settings.Select(setting => setting.Timer).Where(timer => timer.Length == length).Distinct()];
        }
    }

    /// <summary>Waits for one more setting than there were, lets it run off, and returns when it did.</summary>
    public async Task RunOffNextAsync(TimeSpan length, CancellationToken cancellationToken, int before = 0)
    {
        while (Settings(length) <= before)
        {
            await Task.Delay(5, cancellationToken);
        }

        HurriedTimer last;
        lock (_gate)
        {
            last = _settings.FindLast(setting => setting.Length == length).Timer;
        }

        await RunOffAsync(last);
    }

    /// <summary>Lets one of those <see cref="Running"/> run off, and returns when it did.</summary>
    public static Task RunOffAsync(ITimer timer) => Task.Run(((HurriedTimer)timer).RunOff);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var timer = new HurriedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class HurriedTimer : ITimer
    {
        private readonly HurriedTime _time;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _timer;

        public HurriedTimer(HurriedTime time, TimerCallback callback, object? state)
        {
            (_time, _callback, _state) = (time, callback, state);
            _timer = System.CreateTimer(_ => RunOff(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        /// <summary>Null: it does not run.</summary>
        public TimeSpan? Length { get; private set; }

        public void RunOff()
        {
            lock (_time._gate)
            {
                if (Length is null)
                {
                    return;
                }

                Length = null;
            }

            _callback(_state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_time._gate)
            {
                Length = dueTime == Timeout.InfiniteTimeSpan ? null : dueTime;
                _time._settings.Add((this, dueTime));
            }

            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            Stop();
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Stop();
            return _timer.DisposeAsync();
        }

        private void Stop()
        {
            lock (_time._gate)
            {
                Length = null;
            }
        }
    }
}
