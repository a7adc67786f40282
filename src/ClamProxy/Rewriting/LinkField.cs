using System.Text.RegularExpressions;

namespace ClamProxy.Rewriting;

/// <summary>A <c>Link</c> field (RFC 8288) without the links by which clients fetch a file from elsewhere.</summary>
internal static partial class LinkField
{
    /// <param name="value">One line of the field.</param>
    /// <param name="leadsBack">Whether a link's target, as it stands, leads to this proxy.</param>
    /// <returns>Null: nothing is left. A line that is no list of links is dropped where it speaks of mirrors at all.</returns>
    public static string? WithoutMirrors(string value, Func<string, bool> leadsBack)
    {
        if (!NamesMirrors().IsMatch(Unquoted(value)))
        {
            return value;
        }

        var links = Link().Matches(value);
        var isList = links.Count > 0 && links.Sum(link => link.Length) == value.Length;
        string[] kept = isList
            ?
            [
                .. links.Where(
                    link => !IsMirror(link) || leadsBack(link.Groups["target"].Value)).Select(link => link.Groups["link"].Value.Trim())
            ]
            : [];
        return kept.Length == 0 ? null : string.Join(", ", kept);
    }

    /// <summary>The line with other targets.</summary>
    /// <param name="value">One line of the field.</param>
    /// <param name="resolve">What replaces a target; null: it stays.</param>
    public static string Resolved(string value, Func<string, string?> resolve) =>
        Target().Replace(value, target => resolve(target.Groups[1].Value) is { } url ? $"<{url}>" : target.Value);

    /// <summary>Each link of a line that is a list of them passes through; the others' line is dropped where one is refused.</summary>
    public static string? Where(string value, Func<string, bool> isKept)
    {
        var links = Link().Matches(value);
        if (links.Count == 0 || links.Sum(link => link.Length) != value.Length)
        {
            return Target().Matches(value).All(target => isKept(target.Groups[1].Value)) ? value : null;
        }

        var kept = links.Where(link => isKept(link.Groups["target"].Value)).Select(link => link.Groups["link"].Value.Trim()).ToList();
        return kept.Count == 0 ? null : kept.Count == links.Count ? value : string.Join(", ", kept);
    }

    /// <summary>RFC 6249 §3, §4: a mirror's copy, and a description that names mirrors.</summary>
    private static bool IsMirror(Match link) =>
        NamesMirrors().IsMatch(Unquoted(link.Groups["parameters"].Value)) || NamesMirrors().IsMatch(link.Groups["target"].Value);

    private static string Unquoted(string parameters) => parameters.Replace("\\", "", StringComparison.Ordinal);

    [GeneratedRegex("duplicate|metalink|meta4|torrent", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamesMirrors();

    [GeneratedRegex(
        """(?<link>\G[ \t]*<(?<target>[^<>]*)>(?<parameters>(?:[^",<>]|"(?:[^"\\]|\\.)*")*))(?:,|$)""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex("<([^>]*)>", RegexOptions.CultureInvariant)]
    private static partial Regex Target();
}
