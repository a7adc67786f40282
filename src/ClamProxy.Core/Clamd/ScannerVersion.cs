using System.Globalization;

namespace ClamProxy.Core.Clamd;

/// <summary>A scanner's answer to VERSION.</summary>
/// <param name="Engine">The engine, such as <c>1.4.6</c>.</param>
/// <param name="Database">The number of the daily signature database; null when its databases carry none.</param>
/// <param name="DatabaseDate">When that database was made. clamd prints its local time without saying which: read as UTC.</param>
public sealed record ScannerVersion(string Engine, int? Database, DateTimeOffset? DatabaseDate)
{
    private const string Product = "ClamAV ";
    private const int WeekdayLength = 4;

    /// <summary>Reads <c>ClamAV 1.4.6/27826/Fri Nov 20 08:00:00 2026</c> or <c>ClamAV 1.4.6</c>.</summary>
    internal static ScannerVersion Parse(string text)
    {
        var parts = (text.StartsWith(Product, StringComparison.Ordinal) ? text[Product.Length..] : text).Split('/', 3);
        return new ScannerVersion(parts[0].Trim(), parts.Length > 1 ? Number(parts[1]) : null, parts.Length > 2 ? Date(parts[2]) : null);
    }

    public override string ToString() => Database is { } database ? $"ClamAV {Engine}, signatures {database}" : $"ClamAV {Engine}";

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // The weekday is cut off: one that does not fit the date would otherwise cost the whole date.
    private static DateTimeOffset? Date(string text) =>
        text.Length > WeekdayLength && DateTimeOffset.TryParseExact(
            text[WeekdayLength..].Trim(),
            "MMM d HH:mm:ss yyyy",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces,
            out var date)
            ? date
            : null;
}
