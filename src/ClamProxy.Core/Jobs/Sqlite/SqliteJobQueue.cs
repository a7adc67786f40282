using System.Text.Json;
using ClamProxy.Core.Sqlite;
using Microsoft.Data.Sqlite;

namespace ClamProxy.Core.Jobs.Sqlite;

/// <summary>
/// The queue of one machine. A job is due at a moment: when it was accepted, when its lease ends, or when it may be tried again. Taking a
/// job moves that moment; so a worker that dies gives back what it had.
/// </summary>
internal sealed class SqliteJobQueue : IJobQueue
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS jobs(
          id TEXT PRIMARY KEY, job TEXT NOT NULL, priority INTEGER NOT NULL, accepted INTEGER NOT NULL, due INTEGER NOT NULL,
          lease TEXT, attempts INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS jobs_due ON jobs(priority, due, accepted);
        """;

    private readonly SqliteDatabase _database;
    private readonly JobOptions _options;
    private readonly TimeProvider _clock;
    private readonly JobTurns _turns;

    public SqliteJobQueue(SqliteDatabase database, JobOptions options, TimeProvider clock)
    {
        (_database, _options, _clock, _turns) = (database, options, clock, new JobTurns(clock));
        database.Changed += _turns.Added;
    }

    /// <summary>What is wrong with the database is told by each call.</summary>
    public string? Problem => null;

    public async Task<bool> AddAsync(Job job, CancellationToken cancellationToken)
    {
        var isAdded = await _database.RunAsync(step =>
        {
            using var last = step.Command("SELECT 1 FROM jobs LIMIT 1 OFFSET $most", ("$most", _options.MaxWaiting - 1)).ExecuteReader();
            if (last.Read())
            {
                return Knows(step, job.Id);
            }

            Insert(step, job);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        _turns.Added();
        return isAdded;
    }

    public async Task<bool> AddAgainAsync(Job job, CancellationToken cancellationToken)
    {
        var isAdded = await _database.RunAsync(step => Insert(step, job), cancellationToken).ConfigureAwait(false);
        _turns.Added();
        return isAdded;
    }

    public Task<TakenJob?> TakeAsync(TimeSpan wait, CancellationToken cancellationToken) => _turns.TakeAsync(
        wait,
        order => _database.RunAsync(step => Take(step, order[0]) ?? Take(step, order[1]), cancellationToken),
        cancellationToken);

    public Task<bool> RenewAsync(TakenJob taken, CancellationToken cancellationToken) => _database.RunAsync(
        step => SetDue(step, taken, taken.Lease, Now() + (long)_options.LeaseTime.TotalMilliseconds), cancellationToken);

    public Task CompleteAsync(TakenJob taken, CancellationToken cancellationToken) => _database.RunAsync(
        step => step.Command("DELETE FROM jobs WHERE id=$id AND lease=$lease", ("$id", taken.Job.Id), ("$lease", taken.Lease))
            .ExecuteNonQuery(),
        cancellationToken);

    public Task ReturnAsync(TakenJob taken, TimeSpan after, CancellationToken cancellationToken) => _database.RunAsync(
        step => SetDue(step, taken, null, Now() + (long)after.TotalMilliseconds), cancellationToken);

    public Task GiveBackAsync(TakenJob taken, CancellationToken cancellationToken) => _database.RunAsync(
        step => step.Command(
            "UPDATE jobs SET due=$now, lease=NULL, attempts=attempts-1 WHERE id=$id AND lease=$lease",
            ("$now", Now()),
            ("$id", taken.Job.Id),
            ("$lease", taken.Lease)).ExecuteNonQuery(),
        cancellationToken);

    public Task RemoveAsync(Job job, CancellationToken cancellationToken) => _database.RunAsync(
        step => step.Command("DELETE FROM jobs WHERE id=$id", ("$id", job.Id)).ExecuteNonQuery(), cancellationToken);

    public Task<int> RemoveOverdueAsync(DateTimeOffset now, CancellationToken cancellationToken) => _database.RunAsync(
        step => step.Command(
            "DELETE FROM jobs WHERE json_valid(job) AND json_extract(job, '$.Door.Until') < $now",
            ("$now", now.ToUnixTimeMilliseconds())).ExecuteNonQuery(),
        cancellationToken);

    public Task<QueueState> StateAsync(CancellationToken cancellationToken) => _database.ReadAsync(
        step =>
        {
            using var row = step.Command("SELECT COUNT(*), MIN(accepted) FROM jobs").ExecuteReader();
            row.Read();
            return new QueueState(
                row.GetInt64(0), row.IsDBNull(1) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)));
        },
        cancellationToken);

    public Task<IReadOnlyList<WaitingJobs>> WaitingAsync(CancellationToken cancellationToken) => _database.ReadAsync(
        step =>
        {
            var waiting = Enum.GetValues<JobPriority>().Select(priority => new WaitingJobs(priority, 0, null)).ToArray();
            using var row = step.Command(
                "SELECT priority, COUNT(*), MIN(accepted) FROM jobs WHERE lease IS NULL OR due<=$now GROUP BY priority", ("$now", Now()))
                .ExecuteReader();
            while (row.Read())
            {
                waiting[row.GetInt32(0)] = new WaitingJobs(
                    (JobPriority)row.GetInt32(0), row.GetInt64(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)));
            }

            return (IReadOnlyList<WaitingJobs>)waiting;
        },
        cancellationToken);

    private static bool Knows(SqliteDatabase step, string id)
    {
        using var row = step.Command("SELECT 1 FROM jobs WHERE id=$id", ("$id", id)).ExecuteReader();
        return row.Read();
    }

    private static bool SetDue(SqliteDatabase step, TakenJob taken, string? lease, long due) => step.Command(
        "UPDATE jobs SET due=$due, lease=$new WHERE id=$id AND lease=$lease",
        ("$due", due),
        ("$new", lease),
        ("$id", taken.Job.Id),
        ("$lease", taken.Lease)).ExecuteNonQuery() == 1;

    private bool Insert(SqliteDatabase step, Job job) => step.Command(
        "INSERT OR IGNORE INTO jobs(id, job, priority, accepted, due) VALUES($id, $job, $priority, $accepted, $now)",
        ("$id", job.Id),
        ("$job", JsonSerializer.Serialize(job, JobJson.Default.Job)),
        ("$priority", (int)job.Priority),
        ("$accepted", job.AcceptedAt.ToUnixTimeMilliseconds()),
        ("$now", Now())).ExecuteNonQuery() == 1;

    private TakenJob? Take(SqliteDatabase step, JobPriority priority)
    {
        var lease = Guid.NewGuid().ToString("N");
        using var row = step.Command(
            """
            UPDATE jobs SET lease=$lease, due=$until, attempts=attempts+1
            WHERE id=(SELECT id FROM jobs WHERE priority=$priority AND due<=$now ORDER BY due, accepted LIMIT 1)
            RETURNING job, attempts, id
            """,
            ("$lease", lease),
            ("$until", Now() + (long)_options.LeaseTime.TotalMilliseconds),
            ("$priority", (int)priority),
            ("$now", Now())).ExecuteReader();
        return row.Read() ? Read(step, row, lease) : null;
    }

    /// <summary>
    /// One that cannot be read is left to processes that may be able to. Then it goes: if it is pending it is queued anew.
    /// </summary>
    private TakenJob Read(SqliteDatabase step, SqliteDataReader row, string lease)
    {
        var (text, attempts, id) = (row.GetString(0), row.GetInt32(1), row.GetString(2));
        try
        {
            return new TakenJob(JobJson.ReadJob(text), attempts, lease);
        }
        catch (JobStoreException) when (attempts > _options.Attempts)
        {
            row.Close();
            step.Command("DELETE FROM jobs WHERE id=$id", ("$id", id)).ExecuteNonQuery();
            throw;
        }
    }

    private long Now() => _clock.GetUtcNow().ToUnixTimeMilliseconds();
}
