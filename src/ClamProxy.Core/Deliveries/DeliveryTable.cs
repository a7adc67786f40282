using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.Core.Sqlite;
using ClamProxy.Core.Verdicts;
using Microsoft.Data.Sqlite;

namespace ClamProxy.Core.Deliveries;

/// <summary>
/// The tables of the record. Rows lie by the beginning of their content's SHA-256, so that those of one content lie together and are found
/// at once, however many there are of others. Times are in milliseconds since 1970.
/// </summary>
internal static class DeliveryTable
{
    /// <summary>Of a fresh file only: room that was freed can be given back.</summary>
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS deliveries(
          content INTEGER NOT NULL, taker INTEGER NOT NULL, sha256 BLOB NOT NULL, client TEXT, user TEXT, url TEXT NOT NULL,
          door TEXT NOT NULL, verdict TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, times INTEGER NOT NULL,
          bytes INTEGER NOT NULL, request TEXT, PRIMARY KEY(content, taker)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS deliveries_last ON deliveries(last);
        CREATE TABLE IF NOT EXISTS detections(
          sha256 BLOB PRIMARY KEY, signature TEXT NOT NULL, at INTEGER NOT NULL, told INTEGER NOT NULL) WITHOUT ROWID;
        """;

    // A delivery of what was held for infected already is no news when it is found to be infected.
    private const string Unknowing = "verdict<>'infected'";
    /// <summary>In the order in which <see cref="Read"/> takes them.</summary>
    private const string TakerColumns = "client, user, url, door, verdict, first, last, times, bytes, request";

    private const string OfContent = "FROM deliveries WHERE content=$content AND sha256=$sha256";

    private const string Upsert = """
        INSERT INTO deliveries(content, taker, sha256, client, user, url, door, verdict, first, last, times, bytes, request)
        VALUES($content, $taker, $sha256, $client, $user, $url, $door, $verdict, $first, $last, $times, $bytes, $request)
        ON CONFLICT(content, taker) DO UPDATE SET
          first=min(first, excluded.first), last=max(last, excluded.last), times=times+excluded.times, bytes=bytes+excluded.bytes,
          request=excluded.request
        """;

    /// <summary>Adds rows, or their numbers to those that are there.</summary>
    /// <returns>The contents that were found infected while one of these deliveries was under way.</returns>
    public static List<string> Write(SqliteDatabase step, IReadOnlyDictionary<TakerKey, Taker> rows)
    {
        var late = new HashSet<string>(StringComparer.Ordinal);

        // In the order of the table: rows of one page are written together.
        foreach (var (content, key, taker) in rows.Select(row => (Content(row.Key.Sha256), row.Key, row.Value)).OrderBy(row => row.Item1))
        {
            var sha256 = Convert.FromHexString(key.Sha256);
            step.Command(
                Upsert,
                ("$content", content),
                ("$taker", Hash(key)),
                ("$sha256", sha256),
                ("$client", key.Client),
                ("$user", key.User),
                ("$url", key.Url),
                ("$door", key.Door),
                ("$verdict", key.Verdict.Tag()),
                ("$first", taker.First.ToUnixTimeMilliseconds()),
                ("$last", taker.Last.ToUnixTimeMilliseconds()),
                ("$times", taker.Times),
                ("$bytes", taker.Bytes),
                ("$request", taker.RequestId)).ExecuteNonQuery();
            if (key.Verdict != Verdict.Infected
                && step.Command("SELECT at FROM detections WHERE sha256=$sha256", ("$sha256", sha256)).ExecuteScalar() is long at
                && taker.First.ToUnixTimeMilliseconds() <= at)
            {
                late.Add(key.Sha256);
            }
        }

        return [.. late];
    }

    /// <summary>Who took a content, the latest first.</summary>
    public static Takers Find(SqliteDatabase step, string sha256, int most) => Find(step, sha256, most, "true", 0);

    /// <summary>A content is infected. Those who took it are told once.</summary>
    /// <param name="signature">What was found; null: as before.</param>
    /// <param name="now">When; null: as before.</param>
    /// <returns>Who took it and was not told of before; none: nobody.</returns>
    public static Takers Detect(SqliteDatabase step, string sha256, string? signature, DateTimeOffset? now, int most)
    {
        var hash = Convert.FromHexString(sha256);
        if (now is { } at)
        {
            step.Command(
                """
                INSERT INTO detections(sha256, signature, at, told) VALUES($sha256, $signature, $at, 0)
                ON CONFLICT(sha256) DO UPDATE SET signature=excluded.signature, at=max(at, excluded.at)
                """,
                ("$sha256", hash),
                ("$signature", signature ?? "unnamed"),
                ("$at", at.ToUnixTimeMilliseconds())).ExecuteNonQuery();
        }

        var told = Told(step, sha256);
        var takers = Find(step, sha256, most, $"{Unknowing} AND last>$told", told);
        if (takers.Rows > 0)
        {
            step.Command(
                "UPDATE detections SET told=$told WHERE sha256=$sha256",
                ("$told", takers.Some[0].Last.ToUnixTimeMilliseconds()),
                ("$sha256", hash)).ExecuteNonQuery();
        }

        return takers;
    }

    /// <inheritdoc cref="IDeliveryStore.ToldAsync"/>
    public static long Told(SqliteDatabase step, string sha256) => step.Command(
        "SELECT told FROM detections WHERE sha256=$sha256", ("$sha256", Convert.FromHexString(sha256))).ExecuteScalar() as long? ?? 0;

    /// <summary>Some of those who took a content, in the order of their keys: rows that change meanwhile are in no page twice.</summary>
    /// <param name="since">Only those whose last delivery is later.</param>
    /// <param name="after">The key of the last row of the page before.</param>
    public static IReadOnlyList<(long Key, Taker Taker)> Page(SqliteDatabase step, string sha256, long since, long after, int most)
    {
        var page = new List<(long, Taker)>();
        using var row = step.Command(
            $"SELECT {TakerColumns}, taker {OfContent} AND {Unknowing} AND last>$since AND taker>$after ORDER BY taker LIMIT $most",
            ("$content", Content(sha256)),
            ("$sha256", Convert.FromHexString(sha256)),
            ("$since", since),
            ("$after", after),
            ("$most", most)).ExecuteReader();
        while (row.Read())
        {
            page.Add((row.GetInt64(row.FieldCount - 1), Read(row)));
        }

        return page;
    }

    /// <summary>Drops what is older, some rows at a time.</summary>
    /// <param name="before">Rows whose last delivery is older go.</param>
    /// <param name="most">How many of them.</param>
    /// <param name="size">While the record takes more bytes, the rows go that are longest out of use.</param>
    /// <param name="mostForSize">How many of these.</param>
    /// <returns>How many went; whether for their size; whether there may be more that have to.</returns>
    public static (int Dropped, bool IsForSize, bool IsMore) Trim(
        SqliteDatabase step, DateTimeOffset before, int most, long size, int mostForSize)
    {
        var isForSize = Used(step) > size;
        var (limit, asked) = isForSize ? (long.MaxValue, Math.Min(most, mostForSize)) : (before.ToUnixTimeMilliseconds(), most);
        step.Command("DELETE FROM detections WHERE at<$before", ("$before", before.ToUnixTimeMilliseconds())).ExecuteNonQuery();
        var dropped = step.Command(
            """
            DELETE FROM deliveries WHERE (content, taker) IN
              (SELECT content, taker FROM deliveries WHERE last<$before ORDER BY last LIMIT $most)
            """,
            ("$before", limit),
            ("$most", asked)).ExecuteNonQuery();
        return (dropped, isForSize, dropped == asked && asked > 0);
    }

    /// <summary>The bytes of all pages that hold something.</summary>
    public static long Used(SqliteDatabase step) =>
        Number(step, "PRAGMA page_size") * (Number(step, "PRAGMA page_count") - Number(step, "PRAGMA freelist_count"));

    private static long Number(SqliteDatabase step, string text) => (long)step.Command(text).ExecuteScalar()!;

    private static Takers Find(SqliteDatabase step, string sha256, int most, string condition, long told)
    {
        (string, object?)[] content =
            [("$content", Content(sha256)), ("$sha256", Convert.FromHexString(sha256)), ("$told", told), ("$most", most)];
        var some = new List<Taker>();
        using (var row = step.Command(
            $"SELECT {TakerColumns} {OfContent} AND {condition} ORDER BY last DESC LIMIT $most",
            content).ExecuteReader())
        {
            while (row.Read())
            {
                some.Add(Read(row));
            }
        }

        var (rows, clients) = ((long)some.Count, 0L);
        using (var counts = step.Command(
            "SELECT count(*), count(DISTINCT coalesce(client, '') || char(10) || coalesce(user, '')) "
                + $"{OfContent} AND {condition}",
            content).ExecuteReader())
        {
            if (counts.Read())
            {
                (rows, clients) = (counts.GetInt64(0), counts.GetInt64(1));
            }
        }

        using var detection = step.Command(
            "SELECT signature, at FROM detections WHERE sha256=$sha256", ("$sha256", Convert.FromHexString(sha256))).ExecuteReader();
        return detection.Read()
            ? new(sha256, some, rows, clients) { Signature = detection.GetString(0), DetectedAt = Time(detection.GetInt64(1)) }
            : new(sha256, some, rows, clients);
    }

    private static Taker Read(SqliteDataReader row) => new(
        row.IsDBNull(0) ? null : row.GetString(0),
        row.IsDBNull(1) ? null : row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        VerdictNames.ToVerdict(row.GetString(4)),
        Time(row.GetInt64(5)),
        Time(row.GetInt64(6)),
        row.GetInt64(7),
        row.GetInt64(8),
        row.IsDBNull(9) ? null : row.GetString(9));

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static long Content(string sha256) => BinaryPrimitives.ReadInt64BigEndian(Convert.FromHexString(sha256.AsSpan(0, 16)));

    private static long Hash(TakerKey key) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', key.Sha256, key.Client, key.User, key.Url, key.Door, key.Verdict.Tag()))));
}
