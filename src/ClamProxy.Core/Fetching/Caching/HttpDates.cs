using System.Globalization;

namespace ClamProxy.Core.Fetching.Caching;

/// <summary>The three forms of a date in a header field (RFC 9110 §5.6.7). Anything else is no date.</summary>
internal static class HttpDates
{
    /// <summary>A year of two digits is one from 1976 to this, for one more than 50 years ahead is meant as past.</summary>
    private const int LastOfTwoDigits = 2075;

    private static readonly string[] Forms = ["r", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy"];
    private static readonly CultureInfo s_culture = Culture();

    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParseExact(
            text?.Trim(' ', '\t'),
            Forms,
            s_culture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite,
            out var date)
            ? date
            : null;

    private static CultureInfo Culture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.DateTimeFormat.Calendar = new GregorianCalendar { TwoDigitYearMax = LastOfTwoDigits };
        return CultureInfo.ReadOnly(culture);
    }
}
