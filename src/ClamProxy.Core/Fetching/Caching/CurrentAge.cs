using System.Globalization;

namespace ClamProxy.Core.Fetching.Caching;

/// <summary>How old an answer is: since its origin made it or last confirmed it, wherever it was meanwhile (RFC 9111 §4.2.3).</summary>
internal static class CurrentAge
{
    /// <summary>As for every time in a field (RFC 9111 §1.2.2): more counts as this.</summary>
    private const long MostSeconds = int.MaxValue;

    /// <param name="head">Upstream's head.</param>
    /// <param name="askedAt">When upstream was asked for it: the way of the answer counts as age.</param>
    /// <param name="now">The time now.</param>
    public static TimeSpan Of(UpstreamHead head, DateTimeOffset askedAt, DateTimeOffset now)
    {
        // Date has whole seconds: the part of one says nothing of the age, and much of a lifetime of two.
        var apparent = HttpDates.Read(head.First("Date")) is { } date && date < askedAt
            ? TimeSpan.FromSeconds(Math.Floor((askedAt - date).TotalSeconds))
            : TimeSpan.Zero;
        var said = SaidBy(head);
        return (apparent > said ? apparent : said) + (now - askedAt);
    }

    /// <summary>
    /// Whether Age is missing or one number. From several, or from anything else, nobody can tell how old an answer is: it is stale.
    /// </summary>
    public static bool IsSaidClearly(UpstreamHead head) => head.First("Age") is null || Said(head) is not null;

    /// <summary>What Age says; without one nothing. What is unclear is as old as can be.</summary>
    private static TimeSpan SaidBy(UpstreamHead head) =>
        head.First("Age") is null ? TimeSpan.Zero : Said(head) ?? TimeSpan.FromSeconds(MostSeconds);

    private static TimeSpan? Said(UpstreamHead head)
    {
        string? only = null;
        foreach (var line in head.All("Age"))
        {
            if (only is not null)
            {
                return null;
            }

            only = line.Trim(' ', '\t');
        }

        return string.IsNullOrEmpty(only) || only.AsSpan().ContainsAnyExceptInRange('0', '9') ? null
            : TimeSpan.FromSeconds(
                long.TryParse(only, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                    ? Math.Min(seconds, MostSeconds)
                    : MostSeconds);
    }
}
