using System.Globalization;
using System.Runtime.CompilerServices;
using ClamProxy.Core.Redis;
using StackExchange.Redis;

namespace ClamProxy.Core.Deliveries;

/// <summary>
/// The record of many machines. A content's rows are a hash; 256 shares, by the beginning of the SHA-256, each have a sorted set of their
/// rows by age and the bytes that they take. A share is one hash slot, so that scripts may use its keys, and a Cluster spreads the shares.
/// </summary>
internal sealed class RedisDeliveries(
    RedisAddress address, RedisConnection connection, TimeSpan keepFor, TimeProvider clock) : IDeliveryStore
{
    private const int Shares = 256;
    private const int SharesLookedAt = 16;
    private const int AtOnce = 200;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    private readonly PatientRedisCalls _calls = new(
        connection, s_deadline, clock, (problem, cause) => new IOException(address.Mask(problem), cause));

    private int _trimmed;

    public async Task<IReadOnlyCollection<string>> WriteAsync(IReadOnlyDictionary<TakerKey, Taker> rows)
    {
        var late = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in rows.Chunk(AtOnce))
        {
            var answers = await _calls.RunAsync(
                redis => Task.WhenAll(part.Select(row => WriteAsync(redis, row.Key, row.Value))), CancellationToken.None)
                .ConfigureAwait(false);
            late.UnionWith(part.Zip(answers).Where(one => one.Second).Select(one => one.First.Key.Sha256));
        }

        return late;
    }

    public async Task<Takers> FindAsync(string sha256, int most, CancellationToken cancelled)
    {
        var (detection, rows) = (await DetectionAsync(sha256, cancelled).ConfigureAwait(false), new TopTakers(most));
        await foreach (var row in RowsAsync(ContentOf(sha256), cancelled).ConfigureAwait(false))
        {
            if (RedisTaker.Read(row) is { } taker)
            {
                rows.Add(taker);
            }
        }

        return rows.Of(sha256) with { Signature = detection?.Signature, DetectedAt = detection?.At };
    }

    public async Task<Takers> DetectAsync(
        string sha256, string? signature, DateTimeOffset? at, int most, CancellationToken cancelled)
    {
        if (at is { } now)
        {
            await _calls.RunAsync(
                redis => redis.ScriptEvaluateAsync(
                    RedisDeliveryScripts.Detect,
                    [DetectionOf(sha256)],
                    [signature ?? "unnamed", now.ToUnixTimeMilliseconds(), (now + keepFor).ToUnixTimeMilliseconds()],
                    CommandFlags.NoScriptCache),
                cancelled).ConfigureAwait(false);
        }

        // Between a look and its claim another process may have told of them, and rows may have come: then it is looked at again.
        while (await DetectionAsync(sha256, cancelled).ConfigureAwait(false) is { } detection)
        {
            var rows = new TopTakers(most);
            await foreach (var taker in TakersAsync(sha256, detection.Told, cancelled).ConfigureAwait(false))
            {
                rows.Add(taker);
            }

            var takers = rows.Of(sha256) with { Signature = detection.Signature, DetectedAt = detection.At };
            if (takers.Rows == 0 || await ClaimAsync(sha256, detection.Told, takers, cancelled).ConfigureAwait(false))
            {
                return takers;
            }
        }

        return new Takers(sha256, [], 0, 0);
    }

    public async Task<long> ToldAsync(string sha256, CancellationToken cancelled) =>
        (await DetectionAsync(sha256, cancelled).ConfigureAwait(false))?.Told ?? 0;

    public async IAsyncEnumerable<Taker> TakersAsync(
        string sha256, long since, [EnumeratorCancellation] CancellationToken cancelled)
    {
        await foreach (var row in RowsAsync(ContentOf(sha256), cancelled).ConfigureAwait(false))
        {
            if (RedisTaker.Read(row) is { } taker && IsUntold(taker, since))
            {
                yield return taker;
            }
        }
    }

    /// <summary>A call looks at the next ones of the shares.</summary>
    public async Task<(int Dropped, bool IsForSize, bool IsMore)> TrimAsync(
        DateTimeOffset before, int most, long size, int mostForSize, CancellationToken cancelled)
    {
        var (dropped, isForSize) = (0, false);
        for (var looked = 0; looked < SharesLookedAt && dropped < most; looked++)
        {
            var share = $"{_trimmed++ % Shares:x2}";
            var bytes = (long)await _calls.RunAsync(redis => redis.StringGetAsync(BytesOf(share)), cancelled).ConfigureAwait(false);
            var over = bytes - (size / Shares);
            var limit = over > 0 ? double.PositiveInfinity : before.ToUnixTimeMilliseconds() - 1;
            var asked = Math.Min(most - dropped, over > 0 ? mostForSize : most);
            isForSize |= over > 0;
            dropped += asked > 0 ? await DropAsync(share, limit, over, Math.Min(asked, AtOnce), cancelled).ConfigureAwait(false) : 0;
        }

        return (dropped, isForSize, dropped >= most);
    }

    public void Dispose() => connection.Dispose();

    private static string ShareOf(string sha256) => sha256[..2];

    private static RedisKey ContentOf(string sha256) => $"{Prefix(ShareOf(sha256))}{sha256}";

    private static RedisKey DetectionOf(string sha256) => $"{Prefix(ShareOf(sha256))}detection:{sha256}";

    private static RedisKey AgesOf(string share) => $"{Prefix(share)}ages";

    private static RedisKey BytesOf(string share) => $"{Prefix(share)}bytes";

    private static string Prefix(string share) => $"{{clamproxy:v1:record:{share}}}:";

    private async Task<bool> WriteAsync(IDatabase redis, TakerKey key, Taker taker)
    {
        var (field, who, share) = (RedisTaker.FieldOf(key), RedisTaker.WhoOf(key), ShareOf(key.Sha256));
        var size = RedisDeliveryScripts.RowBytes + who.Length;
        return (int)await redis.ScriptEvaluateAsync(
            RedisDeliveryScripts.Write,
            [ContentOf(key.Sha256), DetectionOf(key.Sha256), AgesOf(share), BytesOf(share)],
            [
                field, who, taker.First.ToUnixTimeMilliseconds(), taker.Last.ToUnixTimeMilliseconds(), taker.Times, taker.Bytes,
                taker.RequestId ?? "", size, $"{key.Sha256} {field} {size}",
                (taker.Last + keepFor).ToUnixTimeMilliseconds(), key.Verdict != Verdicts.Verdict.Infected,
            ],
            CommandFlags.NoScriptCache).ConfigureAwait(false) == 1;
    }

    private async Task<Detection?> DetectionAsync(string sha256, CancellationToken cancelled)
    {
        var values = await _calls.RunAsync(
            redis => redis.HashGetAsync(DetectionOf(sha256), ["signature", "at", "told"]), cancelled).ConfigureAwait(false);
        return values is [{ IsNull: false } signature, { IsNull: false } at, var told]
            ? new(signature.ToString(), DateTimeOffset.FromUnixTimeMilliseconds((long)at), (long)told)
            : null;
    }

    private static bool IsUntold(Taker taker, long since) =>
        taker.Verdict != Verdicts.Verdict.Infected && taker.Last.ToUnixTimeMilliseconds() > since;

    /// <summary>A piece of the hash for each call: one of a million rows holds nobody up.</summary>
    private async IAsyncEnumerable<string> RowsAsync(RedisKey key, [EnumeratorCancellation] CancellationToken cancelled)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            var answer = (RedisResult[])(await _calls.RunAsync(
                redis => redis.ExecuteAsync("HSCAN", [key, cursor, "COUNT", "1000"]), cancelled).ConfigureAwait(false))!;
            cursor = (string)answer[0]!;
            var fields = (string[])answer[1]!;
            for (var at = 0; at + 1 < fields.Length; at += 2)
            {
                if (seen.Add(fields[at]))
                {
                    yield return fields[at + 1];
                }
            }
        }
        while (cursor != "0");
    }

    private async Task<bool> ClaimAsync(string sha256, long told, Takers takers, CancellationToken cancelled) => (int)await _calls.RunAsync(
        redis => redis.ScriptEvaluateAsync(
            RedisDeliveryScripts.Tell,
            [DetectionOf(sha256)],
            [told.ToString(CultureInfo.InvariantCulture), takers.Some[0].Last.ToUnixTimeMilliseconds()],
            CommandFlags.NoScriptCache),
        cancelled).ConfigureAwait(false) == 1;

    /// <param name="over">While the share takes so many bytes too much, the oldest rows go, whatever their age; else 0 or less.</param>
    private async Task<int> DropAsync(string share, double limit, long over, int most, CancellationToken cancelled)
    {
        var old = await _calls.RunAsync(
            redis => redis.SortedSetRangeByScoreWithScoresAsync(AgesOf(share), stop: limit, take: most), cancelled).ConfigureAwait(false);
        var rows = old.Select(row => (Parts: row.Element.ToString().Split(' '), row.Element, row.Score)).ToList();
        var enough = over > 0 ? 0 : rows.Count;
        for (; over > 0 && enough < rows.Count; enough++)
        {
            over -= long.Parse(rows[enough].Parts[2], CultureInfo.InvariantCulture);
        }

        var gone = await _calls.RunAsync(
            redis => Task.WhenAll(rows.Take(enough).Select(async row => (int)await redis.ScriptEvaluateAsync(
                RedisDeliveryScripts.Drop,
                [ContentOf(row.Parts[0]), AgesOf(share), BytesOf(share)],
                [row.Parts[1], row.Element, row.Score],
                CommandFlags.NoScriptCache).ConfigureAwait(false))),
            cancelled).ConfigureAwait(false);
        return gone.Sum();
    }

    private sealed record Detection(string Signature, DateTimeOffset At, long Told);
}
