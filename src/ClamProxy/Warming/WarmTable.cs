using System.Globalization;
using ClamProxy.Configuration;

namespace ClamProxy.Warming;

/// <summary>The summary: a row for each file, the reasons of those that are not clean, and the sums.</summary>
internal static class WarmTable
{
    private static readonly string[] Head = ["FILE", "SIZE", "VERDICT", "SOURCE", "TIME"];

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

        var size = SizeText.About(results.Sum(result => result.Size ?? 0));
        writer.WriteLine($"{results.Count} files, {size} in {Seconds(time)}: {Counts(results)}");
    }

    private static string[] Row(WarmResult result) =>
        [
            result.Name,
            result.Size is { } size ? SizeText.About(size) : "-",
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
}
