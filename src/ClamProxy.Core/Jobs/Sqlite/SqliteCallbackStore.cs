using System.Text.Json;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Sqlite;

namespace ClamProxy.Core.Jobs.Sqlite;

/// <summary>
/// The callbacks of one machine. A row without a moment at which it is due is over. Taking one moves that moment, so a process that dies
/// gives back what it had.
/// </summary>
internal sealed class SqliteCallbackStore(SqliteDatabase database, CallbackOptions options, TimeProvider clock) : ICallbackStore
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS callbacks(
          job TEXT NOT NULL, key TEXT NOT NULL, callback TEXT NOT NULL, waits INTEGER NOT NULL, due INTEGER, lease TEXT,
          PRIMARY KEY(job, key)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks(due) WHERE due IS NOT NULL;
        """;

    public Task<CallbackAddition> AddAsync(Callback callback, DateTimeOffset due, int most, CancellationToken cancellationToken) =>
        database.RunAsync(step => Add(step, callback, due, most), cancellationToken);

    public Task<IReadOnlyList<Callback>> ListAsync(string jobId, CancellationToken cancellationToken) => database.RunAsync(
        step =>
        {
            var found = new List<Callback>();
            using var row = step.Command("SELECT callback FROM callbacks WHERE job=$job", ("$job", jobId)).ExecuteReader();
            while (row.Read())
            {
                found.Add(Read(row.GetString(0)));
            }

            return (IReadOnlyList<Callback>)[.. found.OrderBy(callback => callback.AddedAt)];
        },
        cancellationToken);

    public Task<bool> RemoveAsync(string jobId, string url, CancellationToken cancellationToken) => database.RunAsync(
        step => step.Command("DELETE FROM callbacks WHERE job=$job AND key=$key", ("$job", jobId), ("$key", Callback.KeyOf(url)))
            .ExecuteNonQuery() == 1,
        cancellationToken);

    public Task<int> RemoveAllAsync(string jobId, CancellationToken cancellationToken) => database.RunAsync(
        step =>
        {
            var open = Count(step, "SELECT COUNT(*) FROM callbacks WHERE job=$job AND due IS NOT NULL", jobId);
            step.Command("DELETE FROM callbacks WHERE job=$job", ("$job", jobId)).ExecuteNonQuery();
            return open;
        },
        cancellationToken);

    public Task WakeAsync(string jobId, CancellationToken cancellationToken) => database.RunAsync(
        step => step.Command(
            "UPDATE callbacks SET due=$now, waits=0 WHERE job=$job AND waits=1 AND lease IS NULL", ("$now", Now()), ("$job", jobId))
            .ExecuteNonQuery(),
        cancellationToken);

    public Task<TakenCallback?> TakeAsync(CancellationToken cancellationToken) => database.RunAsync(
        step =>
        {
            var lease = Guid.NewGuid().ToString("N");
            using var row = step.Command(
                """
                UPDATE callbacks SET lease=$lease, due=$until
                WHERE (job, key)=(SELECT job, key FROM callbacks WHERE due<=$now ORDER BY due LIMIT 1)
                RETURNING callback
                """,
                ("$lease", lease),
                ("$until", Now() + (long)options.LeaseTime.TotalMilliseconds),
                ("$now", Now())).ExecuteReader();
            return row.Read() ? new TakenCallback(Read(row.GetString(0)), lease) : null;
        },
        cancellationToken);

    public Task SettleAsync(TakenCallback taken, Callback now, DateTimeOffset? due, CancellationToken cancellationToken) =>
        database.RunAsync(
            step => step.Command(
                "UPDATE callbacks SET callback=$callback, waits=$waits, due=$due, lease=NULL WHERE job=$job AND key=$key AND lease=$lease",
                ("$callback", Text(now)),
                ("$waits", now.State is CallbackState.Waiting),
                ("$due", due?.ToUnixTimeMilliseconds()),
                ("$job", now.JobId),
                ("$key", now.Key),
                ("$lease", taken.Lease)).ExecuteNonQuery(),
            cancellationToken);

    private static CallbackAddition Add(SqliteDatabase step, Callback callback, DateTimeOffset due, int most)
    {
        using (var row = step.Command(
            "SELECT due FROM callbacks WHERE job=$job AND key=$key", ("$job", callback.JobId), ("$key", callback.Key)).ExecuteReader())
        {
            if (row.Read() && !row.IsDBNull(0))
            {
                return CallbackAddition.Known;
            }
        }

        const string Others = "SELECT COUNT(*) FROM callbacks WHERE job=$job AND key<>$key";
        if (Count(step, Others, callback.JobId, callback.Key) >= most)
        {
            return CallbackAddition.Full;
        }

        step.Command(
            "INSERT OR REPLACE INTO callbacks(job, key, callback, waits, due) VALUES($job, $key, $callback, $waits, $due)",
            ("$job", callback.JobId),
            ("$key", callback.Key),
            ("$callback", Text(callback)),
            ("$waits", callback.State is CallbackState.Waiting),
            ("$due", due.ToUnixTimeMilliseconds())).ExecuteNonQuery();
        return CallbackAddition.Added;
    }

    private static int Count(SqliteDatabase step, string query, string jobId, string? key = null) =>
        Convert.ToInt32(
            step.Command(query, key is null ? [("$job", jobId)] : [("$job", jobId), ("$key", key)]).ExecuteScalar(),
            System.Globalization.CultureInfo.InvariantCulture);

    private static Callback Read(string text) => CallbackJson.Read(text);

    private static string Text(Callback callback) => JsonSerializer.Serialize(callback, CallbackJson.Default.Callback);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
