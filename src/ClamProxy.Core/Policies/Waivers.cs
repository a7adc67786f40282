using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Policies;

/// <summary>
/// The exceptions in force: those of the operator's file, and those that were added while a process ran. The files are checked before each
/// refusal, and read again when they have changed. One that became invalid changes nothing until it is fixed; a deleted one has no
/// exceptions.
/// </summary>
public sealed class Waivers : IDisposable
{
    /// <summary>The longest owner or reason of a rule that is added.</summary>
    public const int MostCharacters = 1000;

    /// <summary>A timer counts no longer: a clock that is set is noticed within it.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly ILogger<Waivers> _logger;
    private readonly RuleBook<Waiver, WaiverValue> _book;
    private readonly ITimer _end;
    private readonly Dictionary<string, IReadOnlyList<Waiver>> _lists = [];
    private DateTimeOffset _toldUntil;

    public Waivers(PolicyOptions options, TimeProvider clock, ILogger<Waivers> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        (_clock, _logger) = (clock, logger);
        _toldUntil = clock.GetUtcNow();
        _end = clock.CreateTimer(_ => TellOfEnds(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _book = new RuleBook<Waiver, WaiverValue>(
            options,
            options.ExceptionsFile,
            "exceptions.json",
            RuleList.Waivers,
            path => new RuleFile<Waiver>(
                path,
                RuleList.Waivers,
                list => WasRead(path, list),
                (problem, kept) => logger.ExceptionsWrong(path, problem, kept)),
            RuleJson.Default.ListWaiverValue,
            WaiverValue.Of,
            clock);
        _ = _book.Placed();
    }

    /// <summary>All exceptions, those that have ended included.</summary>
    public IReadOnlyList<PlacedRule<Waiver>> All() => _book.Placed();

    /// <summary>Adds an exception, which counts from the next answer on and outlives the process.</summary>
    public Task<RuleChange<Waiver>> AddAsync(Waiver waiver, CancellationToken cancellationToken) =>
        _book.AddAsync(waiver, cancellationToken);

    /// <summary>Removes an exception that was added.</summary>
    public Task<RuleChange<Waiver>> RemoveAsync(string id, CancellationToken cancellationToken) =>
        _book.RemoveAsync(id, cancellationToken);

    /// <summary>From now on the operator's file is the one of these options.</summary>
    public void Use(PolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _book.UseOwnFile(options.ExceptionsFile);
        _ = _book.Placed();
        ForgetAllBut(_book.Placed().Select(placed => placed.File).ToHashSet(StringComparer.Ordinal));
    }

    /// <param name="covers">Whether an exception covers the content in question.</param>
    /// <returns>The first that does and has not expired.</returns>
    internal Waiver? Find(Func<Waiver, bool> covers)
    {
        var now = _clock.GetUtcNow();
        return _book.Current.FirstOrDefault(exception => now < exception.Expires && covers(exception));
    }

    public void Dispose() => _end.Dispose();

    private void ForgetAllBut(HashSet<string> files)
    {
        lock (_gate)
        {
            foreach (var file in _lists.Keys.Where(file => !files.Contains(file)).ToList())
            {
                _lists.Remove(file);
            }
        }
    }

    private void WasRead(string path, IReadOnlyList<Waiver> list)
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var inForce = list.Count(waiver => now < waiver.Expires);
            _logger.ExceptionsRead(path, inForce, list.Count - inForce);
            _lists[path] = list;
            _toldUntil = now;
            WaitForNextEnd(now);
        }
    }

    private void TellOfEnds()
    {
        lock (_gate)
        {
            var now = _clock.GetUtcNow();
            var all = _lists.Values.SelectMany(list => list);
            foreach (var ended in all.Where(waiver => waiver.Expires > _toldUntil && waiver.Expires <= now))
            {
                _logger.ExceptionEnded(ended.Sha256 ?? ended.Signature ?? ended.Target!, ended.Owner, ended.Reason, ended.Expires);
            }

            _toldUntil = now;
            WaitForNextEnd(now);
        }
    }

    private void WaitForNextEnd(DateTimeOffset now)
    {
        var ends = _lists.Values.SelectMany(list => list).Select(waiver => waiver.Expires).Where(end => end > now).ToList();
        if (ends.Count > 0)
        {
            var wait = ends.Min() - now;
            _end.Change(wait < s_longestWait ? wait : s_longestWait, Timeout.InfiniteTimeSpan);
        }
    }
}
