using ClamProxy.Core.Files;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Store;

/// <summary>What lies in the folders at the moment: names and one look at each, no content read.</summary>
internal sealed class StoreSurvey(StoreFolders folders)
{
    /// <summary>Contents, by their hash.</summary>
    public IEnumerable<(string Hex, FileStat Look)> Contents() => Believable(folders.Contents);

    public IEnumerable<(string Hex, FileStat Look)> Verdicts() => Believable(folders.Verdicts);

    public IEnumerable<(string Hex, FileStat Look)> Urls() => Believable(folders.Urls);

    public IEnumerable<(string Hex, FileStat Look)> Drops() => Believable(folders.Dropped);

    /// <summary>Paths of what the store never puts there.</summary>
    public IEnumerable<string> Foreign() =>
        new[] { folders.Contents, folders.Verdicts, folders.Urls, folders.Dropped }.SelectMany(StoreFiles.List).Where(IsForeign);

    private static bool IsForeign(string path) =>
        !IsNamedRight(path) || (NativeFile.TryLook(path, out var look) && !IsPlain(look));

    private static bool IsNamedRight(string path) =>
        Sha256Text.IsValid(Path.GetFileName(path))
            && path.EndsWith(StoreFolders.Location(Path.GetFileName(path)), StringComparison.Ordinal);

    private static bool IsPlain(FileStat look) => look is { IsRegular: true, IsOurs: true };

    private IEnumerable<(string Hex, FileStat Look)> Believable(string folder)
    {
        foreach (var path in StoreFiles.List(folder))
        {
            if (IsNamedRight(path) && NativeFile.TryLook(path, out var look) && IsPlain(look))
            {
                yield return (Path.GetFileName(path), look);
            }
        }
    }
}
