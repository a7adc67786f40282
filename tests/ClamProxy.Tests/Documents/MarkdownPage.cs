using System.Text.RegularExpressions;

namespace ClamProxy.Tests.Documents;

/// <summary>One Markdown file: its links, and the anchors that GitHub gives its headings.</summary>
internal sealed partial class MarkdownPage
{
    private readonly List<string> _lines;

    public MarkdownPage(string text)
    {
        _lines = WithoutCode(text);
        Anchors = AnchorsOf(_lines);
    }

    /// <summary>The anchors of the headings, without <c>#</c>; a repeated heading gets <c>-1</c>, <c>-2</c> and so on.</summary>
    public IReadOnlySet<string> Anchors { get; }

    /// <summary>The targets of all links and images, as they are written.</summary>
    public IEnumerable<string> Links =>
        _lines.SelectMany(line => Link().Matches(InlineCode().Replace(line, ""))).Select(match => match.Groups[1].Value);

    // The lines outside fenced code blocks.
    private static List<string> WithoutCode(string text)
    {
        var lines = new List<string>();
        var inCode = false;
        foreach (var line in text.Split('\n'))
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inCode = !inCode;
            }
            else if (!inCode)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    private static HashSet<string> AnchorsOf(IEnumerable<string> lines)
    {
        var seen = new Dictionary<string, int>();
        var anchors = new HashSet<string>();
        foreach (var heading in lines.Select(line => Heading().Match(line)).Where(match => match.Success))
        {
            var anchor = Dropped().Replace(
                LinkText().Replace(heading.Groups[1].Value.Trim(), "$1").ToLowerInvariant(), "").Replace(' ', '-');
            var times = seen.GetValueOrDefault(anchor);
            seen[anchor] = times + 1;
            anchors.Add(times == 0 ? anchor : $"{anchor}-{times}");
        }

        return anchors;
    }

    [GeneratedRegex(@"\]\(<?([^)>\s]+)>?(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"^#{1,6}\s+(.*?)\s*#*\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\p{L}\p{N}\p{M}_ -]")]
    private static partial Regex Dropped();
}
