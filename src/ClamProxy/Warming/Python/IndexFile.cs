namespace ClamProxy.Warming.Python;

/// <summary>One file of a project's page.</summary>
/// <param name="Url">As the page links to it: maybe relative, without a fragment.</param>
/// <param name="Digests">What the index says of its content.</param>
internal sealed record IndexFile(string Name, string Url, IReadOnlyList<FileDigest> Digests)
{
    private static readonly string[] Archives = [".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.z", ".tar"];

    /// <summary>Whether it is a distribution of this version, by its name (PEP 427, PEP 625).</summary>
    public bool IsOf(string project, string version)
    {
        if (Name.EndsWith(".whl", StringComparison.OrdinalIgnoreCase))
        {
            return Name.Split('-') is [var name, var number, ..]
                && PythonName.Normalise(name) == PythonName.Normalise(project)
                && PythonVersion.IsAskedFor(version, number);
        }

        if (Array.Find(Archives, ending => Name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is not { } ending)
        {
            return false;
        }

        // The project's own name may hold the hyphen that stands before the version.
        var stem = Name[..^ending.Length];
        return Enumerable.Range(0, stem.Length).Where(at => stem[at] == '-').Any(at =>
            PythonName.Normalise(stem[..at]) == PythonName.Normalise(project) && PythonVersion.IsAskedFor(version, stem[(at + 1)..]));
    }
}
