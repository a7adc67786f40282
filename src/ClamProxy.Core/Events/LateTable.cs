using ClamProxy.Core.Sqlite;

namespace ClamProxy.Core.Events;

/// <summary>Late detections whose events are not in the queue yet, in the queue's database.</summary>
internal static class LateTable
{
    /// <summary>
    /// Nobody knows whether a process that is gone has told of what it had begun with: it is told of, perhaps twice.
    /// </summary>
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS late(
          sha256 TEXT PRIMARY KEY, since INTEGER NOT NULL, is_ours INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        UPDATE late SET is_ours=1 WHERE is_ours=0;
        """;

    /// <summary>Adds one, or widens it. What is ours stays so.</summary>
    public static int Add(SqliteDatabase step, string sha256, long since, bool isOurs) => step.Command(
        """
        INSERT INTO late(sha256, since, is_ours) VALUES($sha256, $since, $ours)
        ON CONFLICT(sha256) DO UPDATE SET since=min(since, excluded.since), is_ours=max(is_ours, excluded.is_ours), version=version+1
        """,
        ("$sha256", sha256),
        ("$since", since),
        ("$ours", isOurs)).ExecuteNonQuery();

    /// <summary>Another process tells of it, or nobody has to.</summary>
    public static int Forget(SqliteDatabase step, string sha256) =>
        step.Command("DELETE FROM late WHERE sha256=$sha256 AND is_ours=0", ("$sha256", sha256)).ExecuteNonQuery();

    public static PendingDetection? First(SqliteDatabase step)
    {
        using var row = step.Command("SELECT sha256, since, version FROM late WHERE is_ours=1 LIMIT 1").ExecuteReader();
        return row.Read() ? new(row.GetString(0), row.GetInt64(1), row.GetInt64(2)) : null;
    }

    /// <summary>Its events are in the queue, unless it was found again since.</summary>
    public static int Done(SqliteDatabase step, PendingDetection detection) => step.Command(
        "DELETE FROM late WHERE sha256=$sha256 AND version=$version", ("$sha256", detection.Sha256), ("$version", detection.Version))
        .ExecuteNonQuery();
}
