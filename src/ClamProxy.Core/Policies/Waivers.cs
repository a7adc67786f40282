using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Policies;

/// <summary>
/// The exceptions in force. The file is checked before each refusal, and read again when it has changed. One that became
/// invalid changes nothing until it is fixed; a deleted one has no exceptions.
/// </summary>
internal sealed class Waivers : IDisposable
{
    /// <summary>A timer counts no longer: a clock that is set is noticed within it.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ILogger<Waivers> _logger;
    private readonly RuleFile<Waiver> _file;
    private readonly ITimer _end;
    private DateTimeOffset _toldUntil;
    private IReadOnlyList<Waiver> _list = [];

    public Waivers(PolicyOptions options, TimeProvider clock, ILogger<Waivers> logger)
    {
        (_path, _clock, _logger) = (options.ExceptionsFile, clock, logger);
        _toldUntil = clock.GetUtcNow();
        _end = clock.CreateTimer(_ => TellOfEnds(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _file = new RuleFile<Waiver>(
            _path, RuleList.Waivers, WasRead, (problem, kept) => logger.ExceptionsWrong(_path, problem, kept));
        _ = _file.Current();
    }

    /// <param name="covers">Whether an exception covers the content in question.</param>
    /// <returns>The first that does and has not expired.</returns>
    public Waiver? Find(Func<Waiver, bool> covers)
    {
        var now = _clock.GetUtcNow();
        return _file.Current().FirstOrDefault(exception => now < exception.Expires && covers(exception));
    }

    public void Dispose() => _end.Dispose();

    private void WasRead(IReadOnlyList<Waiver> list)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var inForce = list.Count(waiver => now < waiver.Expires);
            _logger.ExceptionsRead(_path, inForce, list.Count - inForce);
            (_list, _toldUntil) = (list, now);
            WaitForNextEnd(now);
        }
    }

    private void TellOfEnds()
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            foreach (var ended in _list.Where(waiver => waiver.Expires > _toldUntil && waiver.Expires <= now))
            {
                _logger.ExceptionEnded(ended.Sha256 ?? ended.Signature ?? ended.Target!, ended.Owner, ended.Reason, ended.Expires);
            }

            _toldUntil = now;
            WaitForNextEnd(now);
        }
    }

    private void WaitForNextEnd(DateTimeOffset now)
    {
        var ends = _list.Select(waiver => waiver.Expires).Where(end => end > now).ToList();
        if (ends.Count > 0)
        {
            var wait = ends.Min() - now;
            _end.Change(wait < s_longestWait ? wait : s_longestWait, Timeout.InfiniteTimeSpan);
        }
    }
}
