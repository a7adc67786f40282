using System.Globalization;
using System.Text.Json;

namespace ClamProxy.Core.Buckets.Events;

/// <summary>Members of JSON that somebody else wrote: missing and of another kind is the same.</summary>
internal static class EventJson
{
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;

    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    /// <summary>A number, also as a string: Ceph writes sizes so.</summary>
    public static long? Number(this JsonElement element, string name) => element.Member(name) switch
    {
        { ValueKind: JsonValueKind.Number } member => member.TryGetInt64(out var number) ? number : null,
        { ValueKind: JsonValueKind.String } member =>
            long.TryParse(member.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => null,
    };

    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        DateTimeOffset.TryParse(
            element.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : null;

    /// <summary>An ETag without its quotes.</summary>
    public static string? ETag(this JsonElement element, string name) => element.Text(name)?.Trim('"') is { Length: > 0 } tag ? tag : null;

    /// <summary>A version; the text "null" and an empty one are what stores write for a bucket without versions.</summary>
    public static string? Version(this JsonElement element, string name) =>
        element.Text(name) is { Length: > 0 } version && version != "null" ? version : null;
}
