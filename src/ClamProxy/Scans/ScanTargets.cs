using ClamProxy.Configuration;
using ClamProxy.Core.Files;
using ClamProxy.Warming;

namespace ClamProxy.Scans;

/// <summary>
/// Finds what there is to scan. Folders are walked as their content is asked for, by name; a link in them is not followed, and what is
/// neither file nor folder (a pipe, a device) is not read.
/// </summary>
internal static class ScanTargets
{
    // Hidden and system files too.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    public static IEnumerable<ScanTarget> Find(IEnumerable<string> named) => named.SelectMany(Find);

    private static IEnumerable<ScanTarget> Find(string named)
    {
        if (named == "-")
        {
            return [new ScanTarget.Input()];
        }

        if (WebUrl.Is(named))
        {
            return WebUrl.Parse(named, out var problem) is { } url
                ? [new ScanTarget.Web(url)]
                : [new ScanTarget.Unreadable(named.Split('?')[0], $"The URL {problem}.")];
        }

        return Directory.Exists(named) ? Walk(named) : [new ScanTarget.File(named)];
    }

    private static IEnumerable<ScanTarget> Walk(string top)
    {
        var folders = new Stack<string>([top]);
        while (folders.TryPop(out var folder))
        {
            var (entries, problem) = Read(folder);
            if (problem is not null)
            {
                yield return new ScanTarget.Unreadable(folder, problem);
            }

            foreach (var entry in entries.OfType<FileInfo>().Where(entry => entry.LinkTarget is null && PlainFile.MayBe(entry.FullName)))
            {
                yield return new ScanTarget.File(Path.Combine(folder, entry.Name));
            }

            foreach (var inner in entries.OfType<DirectoryInfo>().Where(entry => entry.LinkTarget is null).Reverse())
            {
                folders.Push(Path.Combine(folder, inner.Name));
            }
        }
    }

    private static (IReadOnlyList<FileSystemInfo> Entries, string? Problem) Read(string folder)
    {
        try
        {
            var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything);
            return ([.. entries.OrderBy(entry => entry.Name, StringComparer.Ordinal)], null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return ([], SettingText.OneLine(refused.Message));
        }
    }
}
