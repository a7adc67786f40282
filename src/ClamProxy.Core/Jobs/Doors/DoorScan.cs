namespace ClamProxy.Core.Jobs.Doors;

/// <summary>
/// What a job is besides when a door of another process waits for it: it has no result that is kept, and whoever asked is told.
/// </summary>
/// <param name="Asker">The process that waits, as <see cref="IScanExchange"/> knows it.</param>
/// <param name="Until">When nobody waits for it any more: Unix time in milliseconds.</param>
/// <param name="MayReuse">Whether the verdict of an earlier scan of the same bytes counts.</param>
/// <param name="MayRecord">Whether the verdict is kept by the content's hash.</param>
public sealed record DoorScan(string Asker, long Until, bool MayReuse, bool MayRecord)
{
    private const string Area = "scans/";

    /// <summary>The key of its content: it says when the content can go, whoever finds it.</summary>
    public static string KeyOf(string id, long until) => $"{Area}{until}-{id}";

    /// <summary>When the content with this key is of no use any more (Unix time in milliseconds); null: it is none of a door's.</summary>
    public static long? UntilOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var end = key.IndexOf('-', StringComparison.Ordinal);
        return key.StartsWith(Area, StringComparison.Ordinal) && end > 0
            && long.TryParse(key.AsSpan(Area.Length, end - Area.Length), out var until)
            ? until
            : null;
    }
}
