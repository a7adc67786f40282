using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Events;

/// <summary>The one funnel of events: state, log and metrics together.</summary>
internal sealed class EventReport
{
    private readonly ConcurrentDictionary<string, TargetState> _states = new(StringComparer.Ordinal);
    private readonly EventOptions _options;
    private readonly EventMetrics _metrics;
    private readonly ILogger<EventReport> _logger;
    private bool _failsToAdd;

    public EventReport(EventOptions options, EventMetrics metrics, TimeProvider clock, ILogger<EventReport> logger)
    {
        (_options, _metrics, _logger) = (options, metrics, logger);
        foreach (var (name, _) in options.All)
        {
            _states[name] = new TargetState(name, 0, null, null);
        }

        metrics.Observe(
            () => _states.Values.Sum(state => state.Waiting),
            () => clock.GetUtcNow() is var now && _states.Values.Min(state => state.OldestAt) is { } oldest && oldest < now
                ? now - oldest
                : TimeSpan.Zero);
    }

    /// <summary>How each target does, by name.</summary>
    public IReadOnlyList<TargetState> States => [.. _states.Values.OrderBy(state => state.Name, StringComparer.Ordinal)];

    public void Started(EventTargets targets)
    {
        foreach (var target in targets.All)
        {
            _logger.GoesTo(target.Name, target.Target.Server, string.Join(", ", target.Kinds.Select(kind => kind.Name())));
        }

        if (_options.DataPath.Length == 0)
        {
            _logger.InMemory();
        }
    }

    public void Seen(TargetState state) => _states[state.Name] = state;

    public void Added(QueueAddition addition)
    {
        foreach (var (kind, events) in addition.Added)
        {
            _metrics.Queued(kind, events);
        }

        if (addition.Lost > 0)
        {
            _metrics.Dropped("full", addition.Lost);
            _logger.Full(addition.Lost);
        }

        if (_failsToAdd)
        {
            _failsToAdd = false;
            _logger.AddedAgain();
        }
    }

    public void NotAdded(Exception cause)
    {
        if (!_failsToAdd)
        {
            _failsToAdd = true;
            _logger.NotAdded(cause.Message);
        }
    }

    /// <summary>Refusals found no place.</summary>
    public void NotTaken(long refusals)
    {
        if (refusals > 0)
        {
            _metrics.Dropped("burst", refusals);
            _logger.NotTaken(refusals);
        }
    }

    public void LateNotAdded(string sha256, Exception cause) => _logger.LateNotAdded(sha256, cause.Message);

    public void Delivered(EventTarget target, HeldEvent held, TimeSpan after)
    {
        _metrics.Sent("delivered");
        _metrics.Delivered(after);
        _logger.Delivered(held.Event.Id, held.Event.Kind.Name(), target.Name, target.Target.Server);
        if (held.Failures > 0)
        {
            _logger.Works(target.Name, target.Target.Server);
        }
    }

    /// <param name="lost">How many events were given up by it.</param>
    /// <param name="bug">The exception behind an internal error; null: it is none.</param>
    public void Failed(EventTarget target, HeldEvent held, string problem, TimeSpan pause, int lost, Exception? bug)
    {
        _metrics.Sent("failed");
        var server = target.Target.Server;
        if (held.Failures == 0)
        {
            _logger.Fails(target.Name, server, problem, pause);
        }
        else
        {
            _logger.FailsStill(held.Event.Id, target.Name, server, held.Attempts + 1, problem);
        }

        if (lost > 0)
        {
            _metrics.Dropped("given-up", lost);
            _logger.GivenUp(lost, target.Name, server, problem);
        }

        if (bug is not null)
        {
            _logger.InternalError(held.Event.Id, bug);
        }
    }

    public void QueueFailed(EventTarget target, IOException cause) => _logger.QueueFailed(target.Name, cause.Message);
}
