using System.Text.Json;
using ClamProxy.Core.Sqlite;
using Microsoft.Data.Sqlite;

namespace ClamProxy.Core.Jobs.Sqlite;

/// <summary>The results of one machine. Ids are made in the order of time, so they are what a page ends with.</summary>
internal sealed class SqliteResultStore(SqliteDatabase database) : IResultStore
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS results(
          id TEXT PRIMARY KEY, job TEXT NOT NULL, outcome TEXT, status INTEGER NOT NULL, sha256 TEXT, accepted INTEGER NOT NULL)
          WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS results_accepted ON results(accepted, id);
        CREATE INDEX IF NOT EXISTS results_status ON results(status, accepted, id);
        CREATE INDEX IF NOT EXISTS results_sha256 ON results(sha256, accepted, id) WHERE sha256 IS NOT NULL;
        """;

    public Task AddAsync(Job job, CancellationToken cancellationToken) =>
        database.RunAsync(step => Insert(step, job), cancellationToken);

    public Task<bool> FinishAsync(Job job, JobOutcome outcome, CancellationToken cancellationToken) => database.RunAsync(
        step =>
        {
            Insert(step, job);
            return Finish(step, job, outcome);
        },
        cancellationToken);

    public Task<bool> FinishKnownAsync(Job job, JobOutcome outcome, CancellationToken cancellationToken) =>
        database.RunAsync(step => Finish(step, job, outcome), cancellationToken);

    public Task<JobRecord?> FindAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(
        step =>
        {
            using var row = step.Command("SELECT job, outcome FROM results WHERE id=$id", ("$id", id)).ExecuteReader();
            return row.Read() ? Read(row) : null;
        },
        cancellationToken);

    public async Task<ResultPage> ListAsync(ResultFilter filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var behind = ResultCursor.Parse(cursor);
        return await database.ReadAsync(step => List(step, filter, behind, limit), cancellationToken).ConfigureAwait(false);
    }

    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) => database.RunAsync(
        step => step.Command("DELETE FROM results WHERE id=$id", ("$id", id)).ExecuteNonQuery() == 1, cancellationToken);

    private static bool Finish(SqliteDatabase step, Job job, JobOutcome outcome) => step.Command(
        "UPDATE results SET outcome=$outcome, status=$status, sha256=$sha256 WHERE id=$id AND outcome IS NULL",
        ("$outcome", JsonSerializer.Serialize(outcome, JobJson.Default.JobOutcome)),
        ("$status", (int)outcome.Status),
        ("$sha256", outcome.Sha256),
        ("$id", job.Id)).ExecuteNonQuery() == 1;

    private static int Insert(SqliteDatabase step, Job job) => step.Command(
        "INSERT OR IGNORE INTO results(id, job, status, accepted) VALUES($id, $job, 0, $accepted)",
        ("$id", job.Id),
        ("$job", JsonSerializer.Serialize(job, JobJson.Default.Job)),
        ("$accepted", job.AcceptedAt.ToUnixTimeMilliseconds())).ExecuteNonQuery();

    private static ResultPage List(SqliteDatabase step, ResultFilter filter, (long Accepted, string Id) behind, int limit)
    {
        var conditions = new List<string> { "(accepted, id) < ($accepted, $id)" };
        var values = new List<(string, object?)> { ("$accepted", behind.Accepted), ("$id", behind.Id), ("$limit", limit + 1) };
        void And(string condition, string name, object? value)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                values.Add((name, value));
            }
        }

        And("status = $status", "$status", (int?)filter.Status);
        And("sha256 = $sha256", "$sha256", filter.Sha256);
        And("accepted >= $since", "$since", filter.Since?.ToUnixTimeMilliseconds());
        And("accepted < $until", "$until", filter.Until?.ToUnixTimeMilliseconds());
        var text = $"SELECT job, outcome, accepted, id FROM results WHERE {string.Join(" AND ", conditions)} "
            + "ORDER BY accepted DESC, id DESC LIMIT $limit";
        var records = new List<JobRecord>();
        string? last = null;
        using var row = step.Command(text, [.. values]).ExecuteReader();
        for (var number = 0; row.Read(); number++)
        {
            if (number == limit)
            {
                return new ResultPage(records, last);
            }

            last = ResultCursor.After(row.GetInt64(2), row.GetString(3));
            if (ReadOrNull(row) is { } record)
            {
                records.Add(record);
            }
        }

        return new ResultPage(records, null);
    }

    /// <summary>Null: it cannot be read, which whoever asks for it by its id is told.</summary>
    private static JobRecord? ReadOrNull(SqliteDataReader row)
    {
        try
        {
            return Read(row);
        }
        catch (JobStoreException)
        {
            return null;
        }
    }

    private static JobRecord Read(SqliteDataReader row) =>
        new(JobJson.ReadJob(row.GetString(0)), row.IsDBNull(1) ? null : JobJson.ReadOutcome(row.GetString(1)));
}
