namespace ClamProxy.Rewriting;

/// <summary>By which names package clients know a link to be a package's file.</summary>
internal static class PackageNames
{
    private static readonly string[] Endings =
    [
        ".whl", ".egg", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz", ".tar.lz", ".tlz", ".tar.lzma", ".tar.zst",
        ".tar", ".zip", ".nupkg",
        ".snupkg", ".crate", ".gem", ".jar", ".war", ".aar", ".deb", ".udeb", ".rpm", ".apk", ".conda", ".phar", ".vsix", ".xpi", ".msi",
        ".exe", ".dmg", ".iso", ".7z",
    ];

    /// <summary>
    /// Whether a link's last name is one, as pip reads it: decoded, without slashes behind it; the host's where there is no path. Or #egg=
    /// says so to pip.
    /// </summary>
    public static bool Has(LinkUrl url)
    {
        var rest = url.Rest;
        var fragment = rest.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0 && Uri.UnescapeDataString(rest[fragment..]).Contains("egg=", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var end = rest.AsSpan().IndexOfAny('?', '#');
        var path = Uri.UnescapeDataString(end < 0 ? rest : rest[..end]).TrimEnd('/', '\\', ' ');
        var name = path.Length == 0 ? url.Host : path[(path.AsSpan().LastIndexOfAny('/', '\\') + 1)..].Split(';')[0];
        return Array.Exists(Endings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }
}
