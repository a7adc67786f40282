using System.Diagnostics.Metrics;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>What callbacks count. Meter <c>ClamProxy.Jobs</c>.</summary>
public sealed class CallbackMetrics
{
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _delay;

    public CallbackMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create("ClamProxy.Jobs");
        _attempts = meter.CreateCounter<long>(
            "clamproxy.jobs.callback.attempts", "{attempt}", "Attempts to send a callback, by what became of the callback.");
        _ended = meter.CreateCounter<long>(
            "clamproxy.jobs.callback.ended", "{callback}", "Callbacks that ended since their job was removed before they were delivered.");
        _delay = meter.CreateHistogram<double>(
            "clamproxy.jobs.callback.delay", "s", "Time from a job's end to the delivery of a callback.");

        // What is alerted on is there before it happens.
        Sent(CallbackState.Dead, 0);
        _ended.Add(0);
    }

    internal void Sent(CallbackState state, int attempts = 1) =>
        _attempts.Add(attempts, new KeyValuePair<string, object?>("outcome", state.Outcome()));

    internal void Delivered(TimeSpan after) => _delay.Record(Math.Max(0, after.TotalSeconds));

    internal void Ended(int count) => _ended.Add(count);
}
