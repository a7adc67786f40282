using System.Globalization;
using ClamProxy.Configuration;

namespace ClamProxy.Admin.Rules;

/// <summary>When a rule ends, as operators say it.</summary>
internal static class RuleEnd
{
    public const string Takes = "until takes a time such as 2027-01-31T00:00:00Z, or how long it lasts, such as 1d or 12h.";

    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <param name="text">An RFC 3339 time with its offset, or a duration.</param>
    /// <returns>Null: it is neither.</returns>
    public static DateTimeOffset? Parse(string text, DateTimeOffset now)
    {
        if (DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time.ToUniversalTime();
        }

        return DurationText.Parse(text) is { } lasts && lasts > TimeSpan.Zero && lasts < DateTimeOffset.MaxValue - now ? now + lasts : null;
    }
}
