using System.Text.RegularExpressions;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Documents;

/// <summary>All Markdown files of the repository, and what the code says about them.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] SourceNames =
    [
        ".cs", ".csproj", ".props", ".sh", ".yml", ".yaml", ".service", ".py", ".template", ".conf", "Dockerfile"
    ];

    private static readonly Dictionary<string, MarkdownPage> Pages =
        Files(".md").ToDictionary(path => path, path => new MarkdownPage(File.ReadAllText(path)));

    [Fact]
    public void EveryRelativeLink_LeadsToAFileAndAnchorThatExist()
    {
        Assert.NotEmpty(Pages);
        var broken = Pages.SelectMany(page => page.Value.Links.Where(link => !IsExternal(link) && !Leads(page.Key, link))
            .Select(link => $"{Short(page.Key)}: {link}"));
        Assert.True(!broken.Any(), $"links that lead nowhere:\n{string.Join('\n', broken)}");
    }

    [Fact]
    public void EveryPage_IsLinkedToByAnother()
    {
        var linked = Pages.SelectMany(
            page =>
                page.Value.Links.Where(link => !IsExternal(link)).Select(
                    link => Target(page.Key, link).Path).Where(path => path != page.Key));
        var lost = Pages.Keys.Except(linked).Select(Short).Except(["README.md"]);
        Assert.True(!lost.Any(), $"pages that no other page links to:\n{string.Join('\n', lost)}");
    }

    [Fact]
    public void EveryPageThatASourceFileNames_Exists()
    {
        var mentions = Files(SourceNames).SelectMany(
            path => Mention().Matches(File.ReadAllText(path)).Select(match => (path, name: match.Value))).ToList();
        Assert.NotEmpty(mentions);
        var lost = mentions.Where(mention => !Exists(mention.name)).Select(mention => $"{Short(mention.path)}: {mention.name}");
        Assert.True(!lost.Any(), $"pages that are named and do not exist:\n{string.Join('\n', lost)}");
    }

    [Fact]
    public void EverySectionOfTheContractThatIsCited_Exists()
    {
        var sections = Section().Matches(
            File.ReadAllText(Repository.File("docs/contract.md"))).Select(match => match.Groups[1].Value).ToHashSet();
        var cited = Files([.. SourceNames, ".md"]).SelectMany(
            path => Citation().Matches(File.ReadAllText(path)).Select(match => (path, section: match.Groups[1].Value))).ToList();
        Assert.NotEmpty(cited);
        var lost = cited.Where(one => !sections.Contains(one.section)).Select(one => $"{Short(one.path)}: §{one.section}");
        Assert.True(!lost.Any(), $"sections of docs/contract.md that do not exist:\n{string.Join('\n', lost)}");
    }

    [Fact]
    public void EveryDecision_IsInTheIndexWithItsTitle()
    {
        var index = File.ReadAllText(Repository.File("docs/decisions/README.md"));
        var decisions = Pages.Keys.Where(path => Decision().IsMatch(Path.GetFileName(path))).ToList();
        Assert.NotEmpty(decisions);
        Assert.All(
            decisions,
            path => Assert.Contains($"[{Path.GetFileName(path)[..4]}]({Path.GetFileName(path)})", index, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryTableCell_IsShort()
    {
        var tooLong = Pages.Keys.SelectMany(
            path =>
                Cells(path).Where(
                    cell => cell.Length > (Short(path).StartsWith("docs/configuration/", StringComparison.Ordinal) ? 165 : 400))
            .Select(cell => $"{Short(path)}: {cell.Length} characters: {cell[..60]}…"));
        Assert.True(!tooLong.Any(), $"make a paragraph below the table of:\n{string.Join('\n', tooLong)}");
    }

    private static bool Exists(string mention) =>
        File.Exists(Repository.File(mention))
        || (Path.GetExtension(mention).Length == 0
            && Directory.EnumerateFiles(Repository.File("docs/decisions"), Path.GetFileName(mention) + "*").Any());

    private static bool IsExternal(string link) => Uri.TryCreate(link, UriKind.Absolute, out _);

    private static bool Leads(string from, string link)
    {
        var (path, anchor) = Target(from, link);
        return (File.Exists(path) || Directory.Exists(path))
            && (anchor.Length == 0 || (Pages.TryGetValue(path, out var page) && page.Anchors.Contains(anchor)));
    }

    private static (string Path, string Anchor) Target(string from, string link)
    {
        var parts = link.Split('#', 2);
        var path = parts[0].Length == 0 ? from : Path.GetFullPath(parts[0], Path.GetDirectoryName(from)!);
        return (path, parts.Length > 1 ? parts[1] : "");
    }

    private static IEnumerable<string> Cells(string path) =>
        File.ReadLines(path).Where(line => line.StartsWith('|')).SelectMany(line => CellEnd().Split(line)).Select(cell => cell.Trim());

    private static string Short(string path) => Path.GetRelativePath(Repository.Folder, path);

    // By the beginnings and ends of names: what is built, and what git does not have, is no document.
    private static IEnumerable<string> Files(params string[] ends) => Files(new DirectoryInfo(Repository.Folder), ends);

    private static IEnumerable<string> Files(DirectoryInfo folder, string[] ends) =>
        folder.EnumerateFiles().Where(
            file => ends.Any(end => file.Name.EndsWith(end, StringComparison.Ordinal))).Select(file => file.FullName)
            .Concat(
                folder.EnumerateDirectories().Where(
                    inner => inner.Name is not ("bin" or "obj" or "results" or "node_modules") && inner.Name[0] != '.')
                .SelectMany(inner => Files(inner, ends)));

    [GeneratedRegex(@"docs/(?:decisions/\d{4}\b(?![-\w]*\.md)|[A-Za-z0-9/_-]+\.md)")]
    private static partial Regex Mention();

    [GeneratedRegex(@"^#+ (\d+[a-z]?)\. ", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"[Cc]ontract(?:\.md)? §(\d+[a-z]?)")]
    private static partial Regex Citation();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex CellEnd();

    [GeneratedRegex(@"^\d{4}-.*\.md$")]
    private static partial Regex Decision();
}
