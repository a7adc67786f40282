using System.Collections.Concurrent;
using ClamProxy.Problems;

namespace ClamProxy.Doors.ExtProc;

/// <summary>The one funnel: what is worth a log line is worth a metric. What became of contents, the core logs.</summary>
internal sealed class ExtProcReport(ExtProcMetrics metrics, ILogger<ExtProcReport> logger)
{
    private readonly ConcurrentDictionary<(Direction, Trouble), bool> _told = new();
    private int _toldOfStranger;

    public void StreamOpened() => metrics.StreamOpened();

    public void StreamClosed() => metrics.StreamClosed();

    /// <summary>An Envoy that is not let in tries with every request: it is a warning once.</summary>
    public void Stranger(string? client) => logger.Stranger(
        Interlocked.Exchange(ref _toldOfStranger, 1) == 0 ? LogLevel.Warning : LogLevel.Debug, client);

    public void Ended(Direction direction, MessageEnd end) => metrics.Ended(direction, end);

    public void Ignored() => metrics.Ignored();

    /// <summary>A wrong setting of Envoy shows in every transaction: it is a warning once.</summary>
    public void Unusable(Direction direction, Trouble trouble, Problem problem)
    {
        metrics.Ended(direction, MessageEnd.Unusable);
        logger.Unusable(
            _told.TryAdd((direction, trouble), true) ? LogLevel.Warning : LogLevel.Debug, direction, trouble, problem.Detail);
    }

    public void Unfinished(Direction direction) => logger.Unfinished(direction);

    public void TooSlow(SlowEnvoyException problem) => logger.EnvoyTooSlow(problem.Message);

    public void TooLarge(long most) => logger.MessageTooLarge(most);

    public void TooOld(TimeSpan most) => logger.StreamTooOld(most);

    public void Failed(Exception cause) => logger.StreamFailed(cause);
}
