namespace ClamProxy.Warming;

/// <summary>One pinned line of a requirements file; the index says which files it stands for.</summary>
/// <param name="Project">The project's name as written.</param>
/// <param name="Version">The version behind <c>==</c>.</param>
/// <param name="Digests">The files that are meant, by their hashes; empty: every file of the version.</param>
internal sealed record PythonRequirement(
    string Project, string Version, IReadOnlyList<FileDigest> Digests) : WarmEntry($"{Project}=={Version}");
