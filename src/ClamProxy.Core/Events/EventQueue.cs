using ClamProxy.Core.Sqlite;

namespace ClamProxy.Core.Events;

/// <summary>
/// The events that wait, for each target in the order of their coming. Those of a target are sent by one process at a time: it has the
/// target's lease while it does, and a process that dies gives the target back when the lease ends. In DATA_PATH they outlast the process;
/// without it they are in memory.
/// </summary>
internal sealed class EventQueue : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string FileName = "outgoing-events.db";

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS outgoing(
          number INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL,
          at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX IF NOT EXISTS outgoing_target ON outgoing(target, number);
        CREATE UNIQUE INDEX IF NOT EXISTS outgoing_id ON outgoing(target, id);
        CREATE TABLE IF NOT EXISTS targets(
          name TEXT PRIMARY KEY, lease TEXT, until INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0,
          failures INTEGER NOT NULL DEFAULT 0, problem TEXT) WITHOUT ROWID;
        """;

    private const string First =
        "SELECT number, id, kind, body, at, attempts FROM outgoing WHERE target=$target ORDER BY number LIMIT 1";

    private const string MayHold = "(lease IS NULL OR lease=$me OR until<=$now)";

    private readonly SqliteDatabase _database;
    private readonly EventTargets _targets;
    private readonly EventOptions _options;
    private readonly TimeProvider _clock;
    private readonly string _me = Guid.NewGuid().ToString("N");

    private EventQueue(SqliteDatabase database, EventTargets targets, EventOptions options, TimeProvider clock) =>
        (_database, _targets, _options, _clock) = (database, targets, options, clock);

    /// <summary>Where it is, for what is to be put into it later.</summary>
    public SqliteDatabase Database => _database;

    /// <exception cref="IOException">DATA_PATH cannot be used: the start fails.</exception>
    public static EventQueue Open(EventTargets targets, EventOptions options, TimeProvider clock)
    {
        try
        {
            var file = options.DataPath.Length == 0
                ? SqliteDatabase.InMemory
                : Path.Combine(Directory.CreateDirectory(options.DataPath, OwnerOnly).FullName, FileName);
            var database = new SqliteDatabase(
                file, Schema + LateTable.Schema, (problem, cause) => new IOException(problem, cause));
            return new(database, targets, options, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"DATA_PATH={options.DataPath}: {e.Message}");
        }
    }

    /// <summary>Adds events to the queue of each target that wants them; one that waits there already is not added again.</summary>
    /// <returns>How many were added, by kind, and how many had to go for them.</returns>
    /// <exception cref="IOException">They are not added.</exception>
    public async Task<QueueAddition> AddAsync(IReadOnlyList<OutgoingEvent> events, CancellationToken cancelled)
    {
        var addition = await _database.RunAsync(step => Add(step, events), cancelled).ConfigureAwait(false);
        _targets.Wake();
        return addition;
    }

    /// <summary>The same, reported.</summary>
    /// <returns>False: they are not added.</returns>
    public async Task<bool> TryAddAsync(IReadOnlyList<OutgoingEvent> events, EventReport report, CancellationToken cancelled)
    {
        if (events.Count == 0)
        {
            return true;
        }

        try
        {
            report.Added(await AddAsync(events, cancelled).ConfigureAwait(false));
            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            report.NotAdded(e);
            return false;
        }
    }

    /// <summary>Takes the first event of a target, if it may be sent now.</summary>
    /// <exception cref="IOException">The queue cannot be used.</exception>
    public Task<QueueTurn> TakeAsync(string target, CancellationToken cancelled) =>
        _database.RunAsync(step => Take(step, target), cancelled);

    /// <summary>It was delivered: the next one may be sent at once.</summary>
    /// <exception cref="IOException">It is sent again.</exception>
    public Task DeliveredAsync(HeldEvent held) => _database.RunAsync(
        step =>
        {
            step.Command("DELETE FROM outgoing WHERE number=$number", ("$number", held.Number)).ExecuteNonQuery();
            return Settle(step, held.Target, 0, 0, null);
        },
        CancellationToken.None);

    /// <summary>It was not delivered, and its target rests. What is too old goes.</summary>
    /// <param name="isGivenUp">Whether it goes too.</param>
    /// <returns>How many were given up.</returns>
    /// <exception cref="IOException">It is sent again.</exception>
    public Task<int> FailedAsync(HeldEvent held, string problem, TimeSpan pause, bool isGivenUp) => _database.RunAsync(
        step =>
        {
            var now = _clock.GetUtcNow();
            step.Command("UPDATE outgoing SET attempts=attempts+1 WHERE number=$number", ("$number", held.Number)).ExecuteNonQuery();
            Settle(step, held.Target, (now + pause).ToUnixTimeMilliseconds(), held.Failures + 1, problem);
            return step.Command(
                "DELETE FROM outgoing WHERE target=$target AND (at<=$before OR (number=$number AND $gone))",
                ("$target", held.Target),
                ("$before", (now - _options.KeepFor).ToUnixTimeMilliseconds()),
                ("$number", held.Number),
                ("$gone", isGivenUp)).ExecuteNonQuery();
        },
        CancellationToken.None);

    /// <summary>Lets another process send what waits for a target.</summary>
    /// <exception cref="IOException">It can when the lease ends.</exception>
    public Task ReleaseAsync(string target) => _database.RunAsync(
        step => step.Command(
            "UPDATE targets SET lease=NULL WHERE name=$target AND lease=$me", ("$target", target), ("$me", _me)).ExecuteNonQuery(),
        CancellationToken.None);

    public void Dispose() => _database.Dispose();

    private QueueAddition Add(SqliteDatabase step, IReadOnlyList<OutgoingEvent> events)
    {
        var (added, lost) = (new Dictionary<EventKind, int>(), 0);
        foreach (var target in _targets.All)
        {
            foreach (var one in events.Where(target.Wants))
            {
                added[one.Kind] = added.GetValueOrDefault(one.Kind) + step.Command(
                    "INSERT OR IGNORE INTO outgoing(target, id, kind, body, at) VALUES($target, $id, $kind, $body, $at)",
                    ("$target", target.Name),
                    ("$id", one.Id),
                    ("$kind", one.Kind.Name()),
                    ("$body", one.Body),
                    ("$at", one.At.ToUnixTimeMilliseconds())).ExecuteNonQuery();
            }

            lost += Shrink(step, target.Name);
        }

        return new(added, lost);
    }

    /// <summary>Drops what is over the bound: the oldest refusals, and where there are none, the oldest of the others.</summary>
    private int Shrink(SqliteDatabase step, string target)
    {
        var over = Count(step, target) - _options.MaxWaiting;
        return over <= 0 ? 0 : step.Command(
            """
            DELETE FROM outgoing WHERE number IN
              (SELECT number FROM outgoing WHERE target=$target ORDER BY kind<>$refused, number LIMIT $over)
            """,
            ("$target", target),
            ("$refused", EventKind.Refused.Name()),
            ("$over", over)).ExecuteNonQuery();
    }

    private QueueTurn Take(SqliteDatabase step, string target)
    {
        var now = _clock.GetUtcNow();
        var isHere = Hold(step, target, now);
        var (nextAt, failures, problem) = Rest(step, target, isHere);
        var first = Read(step, target, failures);
        var state = new TargetState(target, first is null ? 0 : Count(step, target), first?.Event.At, problem);
        return first is null ? new(null, null, state)
            : isHere && nextAt <= now ? new(first, now, state)
            : new(null, nextAt, state);
    }

    /// <returns>Whether this process has the target.</returns>
    private bool Hold(SqliteDatabase step, string target, DateTimeOffset now)
    {
        step.Command("INSERT OR IGNORE INTO targets(name) VALUES($target)", ("$target", target)).ExecuteNonQuery();
        return step.Command(
            $"UPDATE targets SET lease=$me, until=$until WHERE name=$target AND {MayHold}",
            ("$me", _me),
            ("$until", (now + _options.LeaseTime).ToUnixTimeMilliseconds()),
            ("$target", target),
            ("$now", now.ToUnixTimeMilliseconds())).ExecuteNonQuery() == 1;
    }

    private static (DateTimeOffset NextAt, int Failures, string? Problem) Rest(SqliteDatabase step, string target, bool isHere)
    {
        using var row = step.Command(
            "SELECT due, until, failures, problem FROM targets WHERE name=$target", ("$target", target)).ExecuteReader();
        row.Read();
        return (Time(isHere ? row.GetInt64(0) : row.GetInt64(1)), row.GetInt32(2), row.IsDBNull(3) ? null : row.GetString(3));
    }

    private static HeldEvent? Read(SqliteDatabase step, string target, int failures)
    {
        using var row = step.Command(First, ("$target", target)).ExecuteReader();
        return row.Read()
            ? new(
                target,
                row.GetInt64(0),
                new(row.GetString(1), EventNames.Parse(row.GetString(2)), Time(row.GetInt64(4)), (byte[])row.GetValue(3)),
                row.GetInt32(5),
                failures)
            : null;
    }

    private int Settle(SqliteDatabase step, string target, long due, int failures, string? problem) => step.Command(
        "UPDATE targets SET due=$due, failures=$failures, problem=$problem WHERE name=$target AND lease=$me",
        ("$due", due),
        ("$failures", failures),
        ("$problem", problem),
        ("$target", target),
        ("$me", _me)).ExecuteNonQuery();

    private static long Count(SqliteDatabase step, string target) =>
        (long)step.Command("SELECT COUNT(*) FROM outgoing WHERE target=$target", ("$target", target)).ExecuteScalar()!;

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
