namespace ClamProxy.Core.Fetching.Caching;

/// <summary>How long upstream's answer counts without being asked for again (RFC 9111 §4.2.1).</summary>
internal static class FreshnessLifetime
{
    /// <summary>The part of its age at which an answer without a word about freshness is guessed to change (RFC 9111 §4.2.2).</summary>
    private const double Guessed = 0.1;

    /// <summary>
    /// The longest guess. Indexes that say something say 5 to 10 minutes; a rarely changed one that says nothing would count for days.
    /// </summary>
    private static readonly TimeSpan s_longestGuess = TimeSpan.FromMinutes(5);

    /// <summary>The guess for "not found": a package may be published at any moment.</summary>
    private static readonly TimeSpan s_negativeGuess = TimeSpan.FromSeconds(10);

    /// <summary>
    /// None where redirects led to the answer: where they lead may change at any moment, and what its last place says is no word on that.
    /// </summary>
    /// <param name="head">Upstream's head.</param>
    /// <param name="control">Its Cache-Control.</param>
    /// <param name="askedAt">When upstream was asked for it, which stands in for a missing Date.</param>
    public static TimeSpan Of(UpstreamHead head, CacheControl control, DateTimeOffset askedAt) =>
        head.RedirectedTo is not null || !CurrentAge.IsSaidClearly(head) ? TimeSpan.Zero
        : control.SharedMaxAge ?? control.MaxAge ?? OfExpires(head, askedAt) ?? Guess(head, control, askedAt);

    /// <summary>Whether upstream itself says how long its answer counts.</summary>
    public static bool IsExplicit(UpstreamHead head, CacheControl control) =>
        (control.SharedMaxAge ?? control.MaxAge) is not null || head.First("Expires") is not null;

    /// <summary>What is no date has expired (RFC 9111 §5.3).</summary>
    private static TimeSpan? OfExpires(UpstreamHead head, DateTimeOffset askedAt) =>
        head.First("Expires") is not { } text ? null
        : HttpDates.Read(text) is { } expires ? NotBelowZero(expires - (HttpDates.Read(head.First("Date")) ?? askedAt))
        : TimeSpan.Zero;

    private static TimeSpan Guess(UpstreamHead head, CacheControl control, DateTimeOffset askedAt)
    {
        if (!CacheableStatus.IsHeuristic(head.Status) && !control.IsPublic)
        {
            return TimeSpan.Zero;
        }

        if (CacheableStatus.IsNegative(head.Status))
        {
            return s_negativeGuess;
        }

        var age = HttpDates.Read(head.First("Last-Modified")) is { } modified
            ? NotBelowZero((HttpDates.Read(head.First("Date")) ?? askedAt) - modified)
            : TimeSpan.Zero;
        return age * Guessed < s_longestGuess ? age * Guessed : s_longestGuess;
    }

    private static TimeSpan NotBelowZero(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
