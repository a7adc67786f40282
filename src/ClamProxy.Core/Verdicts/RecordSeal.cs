using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ClamProxy.Core.Verdicts;

/// <summary>
/// Signs records for Redis and takes off the signature again, so that whoever can write to Redis but has no key can bless nothing. A signed
/// record is the JSON object with two more properties at its end: <c>"until"</c>, when its life is over (Unix time in seconds), and
/// <c>"mac"</c>, the HMAC-SHA-256 (RFC 2104) over the Redis key, a zero byte and all that stands before <c>"mac"</c>.
/// </summary>
/// <param name="keys">At least one: the first signs, each is accepted.</param>
/// <param name="life">How long a signature lasts.</param>
internal sealed class RecordSeal(IEnumerable<string> keys, TimeSpan life, TimeProvider time)
{
    private const int DigitCount = 2 * HMACSHA256.HashSizeInBytes;

    private static readonly int TailLength = Tail.Length + DigitCount + End.Length;

    private readonly byte[][] _keys = [.. keys.Select(Encoding.UTF8.GetBytes)];

    private static ReadOnlySpan<byte> Until => ",\"until\":"u8;

    private static ReadOnlySpan<byte> Tail => ",\"mac\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    /// <param name="redisKey">Where the record will stand.</param>
    /// <param name="record">A JSON object with at least one property.</param>
    public byte[] Seal(string redisKey, byte[] record)
    {
        var until = (time.GetUtcNow() + life).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] body = [.. record.AsSpan(0, record.Length - 1), .. Until, .. Encoding.ASCII.GetBytes(until)];
        return [.. body, .. Tail, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Mac(_keys[0], redisKey, body))), .. End];
    }

    /// <returns>The record as it was signed, or null and why it is not believed.</returns>
    public (byte[]? Record, SealProblem Problem) Open(string redisKey, byte[] stored)
    {
        if (stored.Length < TailLength || !stored.AsSpan().EndsWith(End) || !stored.AsSpan(stored.Length - TailLength).StartsWith(Tail))
        {
            return (null, SealProblem.Missing);
        }

        var body = stored.AsSpan(0, stored.Length - TailLength);
        var given = stored.AsSpan(body.Length + Tail.Length, DigitCount);
        if (!IsOurs(redisKey, body, given))
        {
            return (null, SealProblem.Wrong);
        }

        // Only what was sealed here gets so far.
        var end = body.LastIndexOf(Until);
        var until = long.Parse(body[(end + Until.Length)..], CultureInfo.InvariantCulture);
        return until > time.GetUtcNow().ToUnixTimeSeconds() ? ([.. body[..end], (byte)'}'], default) : (null, SealProblem.Expired);
    }

    private static byte[] Mac(byte[] key, string redisKey, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(redisKey));
        hmac.AppendData([0]);
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }

    private bool IsOurs(string redisKey, ReadOnlySpan<byte> body, ReadOnlySpan<byte> given)
    {
        var isOurs = false;
        foreach (var key in _keys)
        {
            var digits = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Mac(key, redisKey, body)));
            isOurs |= CryptographicOperations.FixedTimeEquals(digits, given);
        }

        return isOurs;
    }
}
