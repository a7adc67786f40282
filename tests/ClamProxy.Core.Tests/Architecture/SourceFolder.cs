using System.Text.RegularExpressions;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Architecture;

/// <summary>One folder of a project, and the namespaces that its files name.</summary>
internal sealed partial class SourceFolder(string path)
{
    public string Name => Path.GetFileName(path);

    private IEnumerable<string> Files => Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories);

    /// <summary>The folders of a project, such as <c>src/ClamProxy.Core</c>.</summary>
    public static IReadOnlyList<SourceFolder> Of(string project) =>
    [
        .. Directory.EnumerateDirectories(Repository.File(project))
            .Where(
                path =>
                    Path.GetFileName(path) is not ("bin" or "obj")
                        && Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories).Any())
            .Select(path => new SourceFolder(path)),
    ];

    /// <summary>The files whose namespace is not their folder's: nothing else here would notice what they use.</summary>
    /// <param name="root">The project's namespace.</param>
    public IEnumerable<string> Misplaced(string root) =>
        from file in Files
        let folder = Path.GetRelativePath(Path.GetDirectoryName(path)!, Path.GetDirectoryName(file)!).Replace('/', '.')
        where !File.ReadAllText(file).Contains($"namespace {root}.{folder};", StringComparison.Ordinal)
        select file;

    /// <summary>The namespaces right below a root that its files name in using lines or whole names; comments do not count.</summary>
    /// <param name="root">Such as <c>ClamProxy.Core</c>.</param>
    public IEnumerable<(string File, string Name)> Uses(string root) =>
        (from file in Files
         from line in File.ReadLines(file)
         from Match match in Regex.Matches(Comment().Replace(line, ""), $@"\b{Regex.Escape(root)}\.([A-Z]\w*)")
         where match.Groups[1].Value != Name && !line.TrimStart().StartsWith("namespace ", StringComparison.Ordinal)
         select (Path.GetRelativePath(path, file), match.Groups[1].Value)).Distinct();

    [GeneratedRegex(@"^\s*///?.*$|\s//\s.*$")]
    private static partial Regex Comment();
}
