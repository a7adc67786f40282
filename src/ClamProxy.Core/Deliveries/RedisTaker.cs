using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Deliveries;

/// <summary>A row as Redis keeps it: "first last times bytes request", a line break, and who it is as an array of JSON.</summary>
internal static class RedisTaker
{
    /// <summary>A row's name: 64 bits of what it is by.</summary>
    public static string FieldOf(TakerKey key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(WhoOf(key))).AsSpan(0, 8));

    public static string WhoOf(TakerKey key) =>
        JsonSerializer.Serialize([key.Client, key.User, key.Url, key.Door, key.Verdict.Tag()], TakerJson.Default.StringArray);

    /// <returns>Null: somebody else has written it.</returns>
    public static Taker? Read(string row)
    {
        if (row.Split('\n', 2) is not [var head, var who]
            || head.Split(' ') is not [var first, var last, var times, var bytes, var request])
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(who, TakerJson.Default.StringArray) is [var client, var user, { } url, { } door, { } verdict]
                ? new(
                    client,
                    user,
                    url,
                    door,
                    VerdictNames.ToVerdict(verdict),
                    Time(first),
                    Time(last),
                    Number(times),
                    Number(bytes),
                    request.Length > 0 ? request : null)
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.FromUnixTimeMilliseconds(Number(text));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
