using System.Globalization;
using System.Text.RegularExpressions;

namespace ClamProxy.Configuration;

/// <summary>
/// Times as operators write them: <c>24:00:00</c>, <c>1.00:00:00</c>, <c>90</c> (seconds), <c>500ms</c>, <c>90s</c>, <c>5m</c>,
/// <c>24h</c>, <c>1d</c>. Not TimeSpan.Parse: it reads 24:00:00 as 24 days.
/// </summary>
internal static partial class DurationText
{
    private const double DaySeconds = 86_400;

    /// <summary>The time, or null when the text is not one, is negative or is longer than a TimeSpan holds.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (Clock().Match(text) is { Success: true } clock)
        {
            return FromSeconds((Number(clock, 1) * DaySeconds) + (Number(clock, 2) * 3_600) + (Number(clock, 3) * 60) + Number(clock, 4));
        }

        return Counted().Match(text) is { Success: true } counted ? FromSeconds(Number(counted, 1) * Unit(counted.Groups[2].Value)) : null;
    }

    /// <summary>The text that <see cref="Parse"/> reads back: hours are not cut at 24.</summary>
    public static string Format(TimeSpan time)
    {
        var fraction = time.ToString(@"fffffff", CultureInfo.InvariantCulture).TrimEnd('0');
        var whole = FormattableString.Invariant($"{(long)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}");
        return fraction.Length == 0 ? whole : $"{whole}.{fraction.PadRight(3, '0')}";
    }

    private static double Unit(string unit) => unit.ToUpperInvariant() switch
    {
        "MS" => 0.001,
        "M" => 60,
        "H" => 3_600,
        "D" => DaySeconds,
        _ => 1,
    };

    private static double Number(Match match, int group) =>
        match.Groups[group].Success ? double.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static TimeSpan? FromSeconds(double seconds) =>
        seconds < TimeSpan.MaxValue.TotalSeconds ? new TimeSpan((long)Math.Round(seconds * TimeSpan.TicksPerSecond)) : null;

    [GeneratedRegex(@"^(?:([0-9]{1,8})\.)?([0-9]{1,8}):([0-5]?[0-9]):([0-5]?[0-9](?:\.[0-9]{1,7})?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    [GeneratedRegex(@"^([0-9]{1,15}(?:\.[0-9]{1,7})?) ?(ms|s|m|h|d)?\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Counted();
}
