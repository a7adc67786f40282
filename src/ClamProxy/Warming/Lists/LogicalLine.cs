using System.Text;

namespace ClamProxy.Warming.Lists;

/// <summary>One line of a requirements file: those that end in a backslash joined to the next, comments taken off.</summary>
/// <param name="Number">Its first line in the file, counted from 1.</param>
internal sealed record LogicalLine(int Number, string Text)
{
    /// <summary>The lines that say something, as pip reads them.</summary>
    public static IEnumerable<LogicalLine> Split(string text)
    {
        var (joined, first, number) = (new StringBuilder(), 0, 0);
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            first = joined.Length == 0 ? number : first;
            var isComment = line.AsSpan().TrimStart().StartsWith('#');
            if (line.EndsWith('\\') && !isComment)
            {
                joined.Append(line, 0, line.Length - 1);
                continue;
            }

            // A comment ends what was continued before it.
            if (WithoutComment(joined.Append(isComment ? "" : line).ToString()) is { Length: > 0 } said)
            {
                yield return new(first, said);
            }

            joined.Clear();
        }

        if (WithoutComment(joined.ToString()) is { Length: > 0 } last)
        {
            yield return new(first, last);
        }
    }

    // A # counts only where it begins a word: a URL has one inside.
    private static string WithoutComment(string line)
    {
        for (var at = line.IndexOf('#', StringComparison.Ordinal); at >= 0; at = line.IndexOf('#', at + 1))
        {
            if (at == 0 || char.IsWhiteSpace(line[at - 1]))
            {
                return line[..at].Trim();
            }
        }

        return line.Trim();
    }
}
