using System.Text.RegularExpressions;

namespace ClamProxy.Warming.Lists;

/// <summary>
/// Reads one requirement: <c>name==1.2.3</c> with extras, markers and hashes, <c>name @ URL</c>, or a bare URL. Markers are not evaluated:
/// what a line of this list asks for on any machine is asked for, so that one warming serves them all.
/// </summary>
internal static partial class RequirementLine
{
    private const string RightOnes = "a right line looks like requests==2.32.3 --hash=sha256:<64 hex digits>, or "
        + "https://files.example.org/pub/file.tar.gz";

    /// <returns>Null for a file or folder of this machine.</returns>
    /// <exception cref="UnreadableListException">It is not pinned, or makes no sense.</exception>
    public static WarmEntry? Parse(string path, LogicalLine line)
    {
        var options = line.Text.IndexOf(" --", StringComparison.Ordinal);
        var said = (options < 0 ? line.Text : line.Text[..options]).Trim();
        var digests = options < 0 ? [] : Digests(path, line, line.Text[options..]);
        if (WebUrl.Is(said))
        {
            return Url(path, line, said, digests);
        }

        if (IsLocal(said))
        {
            return null;
        }

        if (said.StartsWith("git+", StringComparison.Ordinal)
            || said.StartsWith("hg+", StringComparison.Ordinal)
            || said.StartsWith("svn+", StringComparison.Ordinal))
        {
            return new UnsupportedEntry(said, "it is not a single file that comes by HTTP");
        }

        return Named(path, line, said, digests);
    }

    private static WarmEntry? Named(string path, LogicalLine line, string said, IReadOnlyList<FileDigest> digests)
    {
        var match = Requirement().Match(said);
        var rest = match.Groups["rest"].Value.Trim();
        if (match.Success && rest.StartsWith('@'))
        {
            var url = rest[1..].Trim();
            return WebUrl.Is(url) ? Url(path, line, url, digests)
                : IsLocal(url) || url.StartsWith("file:", StringComparison.Ordinal) ? null
                : new UnsupportedEntry(said, "it is not a single file that comes by HTTP");
        }

        var version = rest.Split(';')[0].Trim(' ', '\t', '(', ')').Split(',').Select(
            clause => Pinned().Match(clause)).FirstOrDefault(pinned => pinned.Success);
        return match.Success && version is not null
            ? new PythonRequirement(match.Groups["name"].Value, version.Groups[1].Value, digests)
            : throw new UnreadableListException(path, line.Number, $"'{said}' is not pinned to one version by ==; {RightOnes}");
    }

    private static WarmFile Url(string path, LogicalLine line, string said, IReadOnlyList<FileDigest> digests)
    {
        // A marker stands apart from the URL, which may hold a semicolon itself.
        var text = said.Split([" ;", "\t;", " ", "\t"], 2, StringSplitOptions.None)[0];
        var url = WebUrl.Parse(text, out var problem) ?? throw new UnreadableListException(path, line.Number, $"{problem}; {RightOnes}");
        return new(url.TextWithoutQuery, url.Text, digests.Count > 0 ? digests : url.Digests);
    }

    private static bool IsLocal(string said) =>
        said.StartsWith('.') || said.StartsWith('/') || said.StartsWith("file:", StringComparison.Ordinal)
        || (!said.Contains('@', StringComparison.Ordinal) && !said.Contains("==", StringComparison.Ordinal) && LocalFile().IsMatch(said));

    private static List<FileDigest> Digests(string path, LogicalLine line, string options)
    {
        var digests = new List<FileDigest>();
        foreach (Match option in Option().Matches(options))
        {
            if (option.Groups["name"].Value == "hash")
            {
                var parts = option.Groups["value"].Value.Split(':', 2);
                digests.Add((parts.Length == 2 ? FileDigest.OfHex(parts[0], parts[1]) : null)
                    ?? throw new UnreadableListException(
                        path, line.Number, $"'{option.Value.Trim()}' is no hash; a right one looks like --hash=sha256:<64 hex digits>"));
            }
        }

        return digests;
    }

    [GeneratedRegex(
        @"^(?<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\]\s*)?(?<rest>[=@(<>!~;].*)?$", RegexOptions.NonBacktracking)]
    private static partial Regex Requirement();

    [GeneratedRegex(@"^\s*===?\s*([A-Za-z0-9][A-Za-z0-9.!+_-]*)\s*$", RegexOptions.NonBacktracking)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"\s--(?<name>[a-z-]+)[= ]?(?<value>\S*)", RegexOptions.NonBacktracking)]
    private static partial Regex Option();

    [GeneratedRegex(@"\.(?:whl|zip|tar\.gz|tar\.bz2|tgz)$", RegexOptions.NonBacktracking)]
    private static partial Regex LocalFile();
}
