namespace ClamProxy.Core.Events;

/// <summary>Sends an event that an operator asks for, to see whether events arrive.</summary>
public sealed class EventTester
{
    private readonly EventQueue _queue;
    private readonly EventTargets _targets;
    private readonly EventOptions _options;
    private readonly EventReport _report;
    private readonly TimeProvider _clock;

    internal EventTester(EventQueue queue, EventTargets targets, EventOptions options, EventReport report, TimeProvider clock) =>
        (_queue, _targets, _options, _report, _clock) = (queue, targets, options, report, clock);

    /// <summary>Queues it behind what waits for the target.</summary>
    /// <returns>False: no target has this name.</returns>
    /// <exception cref="IOException">It is not queued.</exception>
    public async Task<bool> SendAsync(string target, CancellationToken cancellationToken)
    {
        if (_targets.All.All(one => one.Name != target))
        {
            return false;
        }

        var now = _clock.GetUtcNow();
        var test = CloudEvent.Make(
            CloudEvent.NewId(now), EventKind.Test, _options.From, null, now, new TestData(target), EventJson.Default.TestData, now);
        _report.Added(await _queue.AddAsync([test with { OnlyTo = target }], cancellationToken).ConfigureAwait(false));
        return true;
    }
}
