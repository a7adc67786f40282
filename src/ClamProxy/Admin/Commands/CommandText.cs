using System.Globalization;
using System.Text;

namespace ClamProxy.Admin.Commands;

/// <summary>What answers have, as lines for a terminal: no text of theirs may act there.</summary>
internal static class CommandText
{
    /// <summary>The text with its control characters replaced; a hyphen where there is none.</summary>
    public static string Plain(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "-";
        }

        var plain = new StringBuilder(text.Length);
        foreach (var one in text)
        {
            plain.Append(char.IsControl(one) || one is '\u2028' or '\u2029' ? '?' : one);
        }

        return plain.ToString();
    }

    public static string Time(DateTimeOffset? time) =>
        time is { } known ? known.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : "-";

    /// <summary>Rows below one another, each column as wide as its widest text.</summary>
    public static void Table(TextWriter output, IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0)
        {
            output.WriteLine("none");
            return;
        }

        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((text, column) => text.PadRight(widths[column]))).TrimEnd());
        }
    }
}
