using ClamProxy.Core.Sqlite;

namespace ClamProxy.Core.Buckets.Webhooks;

/// <summary>Messages that came by POST /events: on the disk before their sender has an answer, until their work is done.</summary>
internal sealed class StoredEvents(SqliteDatabase database, EventSourceOptions options, TimeProvider clock) : IDisposable
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS events(
          id INTEGER PRIMARY KEY AUTOINCREMENT, flow TEXT NOT NULL, body BLOB NOT NULL, due INTEGER NOT NULL,
          lease TEXT, deliveries INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX IF NOT EXISTS events_due ON events(flow, due);
        CREATE TABLE IF NOT EXISTS dead_events(
          id INTEGER PRIMARY KEY AUTOINCREMENT, flow TEXT NOT NULL, body BLOB NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL);
        """;

    public SqliteDatabase Database => database;

    /// <returns>False: as many wait as may.</returns>
    /// <exception cref="Jobs.JobStoreException">It may or may not be there.</exception>
    public Task<bool> AddAsync(string flow, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => database.RunAsync(
        step =>
        {
            using var last = step.Command(
                "SELECT 1 FROM events WHERE flow=$flow LIMIT 1 OFFSET $most",
                ("$flow", flow),
                ("$most", options.MaxWaiting - 1)).ExecuteReader();
            if (last.Read())
            {
                return false;
            }

            step.Command(
                "INSERT INTO events(flow, body, due) VALUES($flow, $body, $now)",
                ("$flow", flow),
                ("$body", body.ToArray()),
                ("$now", clock.GetUtcNow().ToUnixTimeMilliseconds())).ExecuteNonQuery();
            return true;
        },
        cancellationToken);

    public void Dispose() => database.Dispose();
}
