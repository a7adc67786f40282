using System.Globalization;

namespace ClamProxy.Core.Jobs;

/// <summary>Where a page of results begins: behind one record, by the time it was accepted and its id.</summary>
internal static class ResultCursor
{
    public static string After(Job job) => After(job.AcceptedAt.ToUnixTimeMilliseconds(), job.Id);

    public static string After(long accepted, string id) => string.Create(CultureInfo.InvariantCulture, $"{accepted}_{id}");

    /// <returns>What no record is behind, where there is no cursor.</returns>
    /// <exception cref="FormatException">It is none of ours.</exception>
    public static (long Accepted, string Id) Parse(string? cursor)
    {
        if (cursor is null)
        {
            return (long.MaxValue, "");
        }

        var end = cursor.IndexOf('_', StringComparison.Ordinal);
        return end > 0 && long.TryParse(cursor.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var accepted)
            ? (accepted, cursor[(end + 1)..])
            : throw new FormatException("a cursor is what the page before gave as next");
    }
}
