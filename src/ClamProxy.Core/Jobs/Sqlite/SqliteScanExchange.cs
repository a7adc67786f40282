using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Sqlite;

namespace ClamProxy.Core.Jobs.Sqlite;

/// <summary>
/// What doors and workers of one machine tell each other: rows, which whoever they are for takes. A change of the database's file wakes it.
/// </summary>
internal sealed class SqliteScanExchange : IScanExchange
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS answers(asker TEXT NOT NULL, answer TEXT NOT NULL, until INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS answers_asker ON answers(asker);
        CREATE TABLE IF NOT EXISTS workers(name TEXT PRIMARY KEY, report TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _clock;
    private readonly Wakeup _changed;

    public SqliteScanExchange(SqliteDatabase database, TimeProvider clock)
    {
        (_database, _clock, _changed) = (database, clock, new Wakeup(clock));
        database.Changed += _changed.Wake;
    }

    public Task AnswerAsync(string asker, ScanAnswer answer, TimeSpan life, CancellationToken cancellationToken) => _database.RunAsync(
        step => step.Command(
            "INSERT INTO answers(asker, answer, until) VALUES($asker, $answer, $until)",
            ("$asker", asker),
            ("$answer", ExchangeJson.Write(answer)),
            ("$until", Now() + (long)life.TotalMilliseconds)).ExecuteNonQuery(),
        cancellationToken);

    public Task<IReadOnlyList<ScanAnswer>> TakeAnswersAsync(string asker, TimeSpan wait, CancellationToken cancellationToken) =>
        _changed.LookAsync(
            wait,
            async () => ExchangeJson.ReadAnswers(await _database.RunAsync(
                step => Read(step, "DELETE FROM answers WHERE asker=$asker RETURNING answer", ("$asker", asker)), cancellationToken)
                .ConfigureAwait(false)),
            found => found.Count > 0,
            cancellationToken);

    public Task ReportAsync(WorkerReport report, TimeSpan life, CancellationToken cancellationToken) => _database.RunAsync(
        step => step.Command(
            "INSERT INTO workers(name, report, until) VALUES($name, $report, $until) "
                + "ON CONFLICT(name) DO UPDATE SET report=excluded.report, until=excluded.until",
            ("$name", report.Name),
            ("$report", ExchangeJson.Write(report)),
            ("$until", Now() + (long)life.TotalMilliseconds)).ExecuteNonQuery(),
        cancellationToken);

    public Task<IReadOnlyList<WorkerReport>> WorkersAsync(CancellationToken cancellationToken) => _database.ReadAsync(
        step => ExchangeJson.ReadReports(Read(step, "SELECT report FROM workers WHERE until>$now", ("$now", Now()))), cancellationToken);

    public Task SweepAsync(CancellationToken cancellationToken) => _database.RunAsync(
        step => step.Command("DELETE FROM answers WHERE until<$now", ("$now", Now())).ExecuteNonQuery()
            + step.Command("DELETE FROM workers WHERE until<$now", ("$now", Now())).ExecuteNonQuery(),
        cancellationToken);

    private static List<string> Read(SqliteDatabase step, string text, (string Name, object? Value) parameter)
    {
        var found = new List<string>();
        using var row = step.Command(text, parameter).ExecuteReader();
        while (row.Read())
        {
            found.Add(row.GetString(0));
        }

        return found;
    }

    private long Now() => _clock.GetUtcNow().ToUnixTimeMilliseconds();
}
