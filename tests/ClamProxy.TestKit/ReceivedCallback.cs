using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ClamProxy.TestKit;

/// <summary>One callback as it came.</summary>
/// <param name="Path">Path and query.</param>
/// <param name="Headers">By name in any case.</param>
/// <param name="Body">The bytes.</param>
public sealed record ReceivedCallback(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"];

    public DateTimeOffset SentAt =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(Headers["webhook-timestamp"], CultureInfo.InvariantCulture));

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public JsonElement Data => Json.GetProperty("data");

    /// <summary>Whether one of its signatures is of this secret (Standard Webhooks 1.0.0, as a receiver computes it).</summary>
    public bool IsSignedBy(string secret)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var signed = Encoding.UTF8.GetBytes($"{Id}.{Headers["webhook-timestamp"]}.{Encoding.UTF8.GetString(Body)}");
        var wanted = Convert.ToBase64String(HMACSHA256.HashData(key, signed));
        return Headers["webhook-signature"].Split(' ').Contains($"v1,{wanted}");
    }
}
