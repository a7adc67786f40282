using System.Globalization;
using System.Text;

namespace ClamProxy.Soak.Jobs;

/// <summary>The kill matrix of jobs as a command.</summary>
internal static class KillCommand
{
    /// <param name="names">Of worlds and of parts; those that are not named at all are all meant.</param>
    /// <returns>Null: a name is none.</returns>
    public static (IReadOnlyList<string> Worlds, IReadOnlyList<JobPart> Parts)? Parse(string[] names)
    {
        var worlds = names.Where(name => KillMatrix.Worlds.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
        var parts = new List<JobPart>();
        foreach (var name in names.Except(worlds))
        {
            if (!Enum.TryParse<JobPart>(name, ignoreCase: true, out var part))
            {
                return null;
            }

            parts.Add(part);
        }

        return (worlds.Count > 0 ? worlds : KillMatrix.Worlds, parts.Count > 0 ? parts : Enum.GetValues<JobPart>());
    }

    /// <returns>The exit code: 0 when nothing was lost, doubled or left.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> worlds, IReadOnlyList<JobPart> parts)
    {
        var matrix = new KillMatrix(Console.Error.WriteLine);
        foreach (var world in worlds)
        {
            // What becomes of a queue's server is the same wherever contents lie.
            await matrix.RunAsync(
                world,
                (_, part, _) => parts.Contains(part) && !(part == JobPart.Queue && KillMatrix.AreContentsInBucket(world)));
        }

        Console.Write(Write(matrix));
        return matrix.IsGood ? 0 : 1;
    }

    public static string Write(KillMatrix matrix)
    {
        var text = new StringBuilder();
        text.AppendLine(Line("queue", "at the step", "part", "accepted", "lost", "double", "left over", ""));
        foreach (var row in matrix.Rows)
        {
            text.AppendLine(Line(
                row.World,
                row.Step,
                $"{row.Killed}",
                Text(row.Accepted),
                Text(row.Lost),
                Text(row.Doubles),
                Text(row.Left),
                row.IsGood ? "" : "FAILED"));
        }

        return text.AppendLine(Line(
            "all", $"{matrix.Rows.Count} deaths", "", Text(matrix.Rows.Sum(row => row.Accepted)), Text(matrix.Rows.Sum(row => row.Lost)),
            Text(matrix.Rows.Sum(row => row.Doubles)), Text(matrix.Rows.Sum(row => row.Left)), matrix.IsGood ? "" : "FAILED")).ToString();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Line(params string[] cells) =>
        $"{cells[0],-9}{cells[1],-31}{cells[2],-8}{string.Concat(cells[3..7].Select(cell => $"{cell,10}"))}  {cells[7]}".TrimEnd();
}
