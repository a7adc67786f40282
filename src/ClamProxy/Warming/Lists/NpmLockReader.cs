using System.Text.Json;

namespace ClamProxy.Warming.Lists;

/// <summary>
/// Reads npm's package-lock.json. The tarball of a registry is asked for at the npm route, whatever host the lock file names, since a lock
/// file made through one registry is installed through another; a tarball from elsewhere at its own URL.
/// </summary>
internal static class NpmLockReader
{
    private const string Folder = "node_modules/";

    /// <exception cref="UnreadableListException">It is of a version without <c>packages</c>, or an entry makes no sense.</exception>
    public static IReadOnlyList<WarmEntry> Read(string path, JsonElement root)
    {
        if (root.TryGetProperty("packages", out var packages) is false || packages.ValueKind != JsonValueKind.Object)
        {
            throw new UnreadableListException(
                path,
                null,
                "has no \"packages\": lockfileVersion 2 and 3 have them. Make one with: npm install --package-lock-only "
                    + "--lockfile-version 3");
        }

        return
        [
            .. packages.EnumerateObject().Select(package => Entry(path, package)).OfType<WarmEntry>().Distinct(WarmEntryComparer.Instance)
        ];
    }

    /// <returns>Null for what npm downloads no file for: the project itself, its workspaces, and what another tarball brings
    /// along.</returns>
    private static WarmEntry? Entry(string path, JsonProperty package)
    {
        var folder = package.Name.LastIndexOf(Folder, StringComparison.Ordinal);
        if (folder < 0 || package.Value.IsTrue("link") || package.Value.IsTrue("inBundle"))
        {
            return null;
        }

        var name = package.Value.Text("name") ?? package.Name[(folder + Folder.Length)..];
        var shown = $"{name} {package.Value.Text("version")}";
        if (package.Value.Text("resolved") is not { } resolved)
        {
            return new UnsupportedEntry(shown, "the lock file does not say where it comes from (\"resolved\")");
        }

        if (resolved.StartsWith("file:", StringComparison.Ordinal))
        {
            return null;
        }

        if (!WebUrl.Is(resolved))
        {
            return new UnsupportedEntry(shown, "it does not come by HTTP");
        }

        return new WarmFile(shown, Location(path, name, resolved), Digests(path, name, package.Value));
    }

    private static string Location(string path, string name, string resolved)
    {
        var url = WebUrl.Parse(resolved, out var problem)
            ?? throw new UnreadableListException(path, null, $"the \"resolved\" of {name}: {problem}");
        return Routes.Find(url.Text, Routes.NpmFiles) ?? OfRegistry(url.Text, name) ?? Routes.Find(url.Text, Routes.Npm) ?? url.Text;
    }

    // A registry has its tarballs below the package's name, maybe itself below a path of its host.
    private static string? OfRegistry(string url, string name)
    {
        foreach (
            var written in new[]
            {
                name,
                name.Replace("/", "%2f", StringComparison.Ordinal),
                name.Replace("/", "%2F", StringComparison.Ordinal),
            })
        {
            var tarball = url.IndexOf($"/{written}/-/", StringComparison.Ordinal);
            if (tarball >= 0)
            {
                return Routes.Npm + url[tarball..];
            }
        }

        return null;
    }

    private static IReadOnlyList<FileDigest> Digests(string path, string name, JsonElement package) => package.Text("integrity") switch
    {
        null or "" => [],
        { } integrity => FileDigest.OfIntegrity(integrity)
            ?? throw new UnreadableListException(
                path, null, $"the \"integrity\" of {name} is '{integrity}'; a right one looks like sha512-<88 characters of Base64>"),
    };
}
