namespace ClamProxy.Warming;

/// <summary>A file whose place is known.</summary>
/// <param name="Location">A path of ClamProxy's, which begins with a slash, or an absolute URL that it is asked for by
/// <c>Download-From</c>.</param>
/// <param name="Digests">The file has one of these; empty: the list says nothing of its content.</param>
internal sealed record WarmFile(string Name, string Location, IReadOnlyList<FileDigest> Digests) : WarmEntry(Name)
{
    /// <summary>Whether its digest may leave out the signature inside the file, as NuGet's lock file has it.</summary>
    public bool IsNuGetPackage { get; init; }
}
