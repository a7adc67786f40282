using System.Globalization;

namespace ClamProxy.Warming;

/// <summary>The summary: a row for each file, the reasons of those that are not clean, and the sums.</summary>
internal static class WarmTable
{
    private static readonly string[] Head = ["FILE", "SIZE", "VERDICT", "SOURCE", "TIME"];
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB"];

    public static void Write(TextWriter writer, IReadOnlyList<WarmResult> results, TimeSpan time)
    {
        string[][] rows = [Head, .. results.Select(Row)];
        int[] widths = [.. Enumerable.Range(0, Head.Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (var row in rows)
        {
            writer.WriteLine(
                string.Join(
                    "  ",
                    row.Select(
                        (cell, column) => column is 1 or 4 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        }

        foreach (var result in results.Where(result => result.Detail.Length > 0))
        {
            writer.WriteLine($"{result.Name}: {result.Detail}");
        }

        writer.WriteLine($"{results.Count} files, {Size(results.Sum(result => result.Size ?? 0))} in {Seconds(time)}: {Counts(results)}");
    }

    private static string[] Row(WarmResult result) =>
        [
            result.Name,
            result.Size is { } size ? Size(size) : "-",
            result.Verdict,
            result.Source,
            result.Outcome == WarmOutcome.None ? "-" : Seconds(result.Time)];

    private static string Counts(IReadOnlyList<WarmResult> results)
    {
        int Count(WarmOutcome outcome) => results.Count(result => result.Outcome == outcome);
        var interrupted = Count(WarmOutcome.None);
        return $"{Count(WarmOutcome.Clean)} clean, {Count(WarmOutcome.Refused)} refused, {Count(WarmOutcome.Failed)} failed"
            + (interrupted > 0 ? $", {interrupted} interrupted" : "");
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";

    private static string Size(long bytes)
    {
        var (count, unit) = ((double)bytes, 0);
        for (; count >= 1024 && unit < Units.Length - 1; unit++)
        {
            count /= 1024;
        }

        return count.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
