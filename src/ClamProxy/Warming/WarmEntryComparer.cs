using System.Diagnostics.CodeAnalysis;

namespace ClamProxy.Warming;

/// <summary>
/// Two entries are one where they ask for the same thing: a lock file has a package once for each place that it is installed to.
/// </summary>
internal sealed class WarmEntryComparer : IEqualityComparer<WarmEntry>
{
    public static readonly WarmEntryComparer Instance = new();

    public bool Equals(WarmEntry? x, WarmEntry? y) => x is not null && y is not null && Key(x) == Key(y);

    public int GetHashCode([DisallowNull] WarmEntry obj) => Key(obj).GetHashCode(StringComparison.Ordinal);

    // With its digests: where two lines want different contents of one place, one of them has to fail.
    private static string Key(WarmEntry entry) => entry switch
    {
        WarmFile file => $"{file.Location} {Text(file.Digests)}",
        PythonRequirement requirement => $"{requirement.Project}=={requirement.Version} {Text(requirement.Digests)}",
        _ => entry.Name,
    };

    private static string Text(IReadOnlyList<FileDigest> digests) => string.Join(' ', digests.Select(digest => digest.Hex));
}
