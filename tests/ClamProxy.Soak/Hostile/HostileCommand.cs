using System.Globalization;
using ClamProxy.Soak.Hostile.Parts;

namespace ClamProxy.Soak.Hostile;

/// <summary>The command <c>hostile</c>: every case, or those named, one after the other, and a table.</summary>
internal static class HostileCommand
{
    /// <param name="names">Names of cases or their beginnings, such as <c>1a</c>; none: all.</param>
    /// <returns>The process's exit code: 0 when all held.</returns>
    public static async Task<int> RunAsync(string[] names)
    {
        HostileCase[] chosen =
        [
            .. HostileCases.All.Where(one => names.Length == 0 || names.Any(name => one.Name.StartsWith(name, StringComparison.Ordinal)))
        ];
        if (chosen.Length == 0)
        {
            Console.Error.WriteLine($"no such case; there are: {string.Join(", ", HostileCases.All.Select(one => one.Name))}");
            return 64;
        }

        List<CaseResult> results = [];
        await using var clamd = await ShippedClamd.StartAsync();
        foreach (var one in chosen)
        {
            var result = await one.RunOnceAsync(clamd);
            results.Add(result);
            Console.Error.WriteLine(result);
        }

        Console.WriteLine(Table(results));
        return results.TrueForAll(result => result.IsHeld) ? 0 : 1;
    }

    private static string Table(List<CaseResult> results)
    {
        var width = results.Max(result => result.Case.Name.Length);
        var rows = results.Select(result => string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Case.Name.PadRight(width)}  {(result.IsHeld ? "held  " : "BROKEN")}  {result.Took.TotalSeconds,5:F1}  "
                + $"{string.Join("; ", result.IsHeld ? result.Happened : result.Broken)}"));
        var broken = results.Count(result => !result.IsHeld);
        return $"{"case".PadRight(width)}  result  seconds  what happened\n{string.Join('\n', rows)}\n{results.Count} cases, "
            + $"{results.Count - broken} held, {broken} BROKEN";
    }
}
