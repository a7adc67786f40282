using System.Text;

namespace ClamProxy.Warming.Python;

/// <summary>Asks the index behind the pypi route which files a pinned requirement stands for.</summary>
internal sealed class PythonIndex(ProxyClient client)
{
    // The largest page of PyPI's is 20 MiB.
    private const int MostBytes = 64 * 1024 * 1024;

    /// <returns>The files; or none, and why.</returns>
    public async Task<(IReadOnlyList<WarmFile> Files, WarmResult? Problem)> ResolveAsync(
        PythonRequirement requirement, CancellationToken cancellationToken)
    {
        var page = $"{Routes.Pypi}/simple/{PythonName.Normalise(requirement.Project)}/";
        IReadOnlyList<IndexFile>? files = null;
        var result = await client.AskAsync(
            requirement.Name, page, IndexPage.Accept,
            async (answer, token) =>
            {
                var body = await BodyReader.ReadAllAsync(answer, MostBytes, token);
                files = body is null ? null : IndexPage.Read(answer.Content.Headers.ContentType?.MediaType, Encoding.UTF8.GetString(body));
                return new(body?.Length ?? MostBytes, files is null ? "no index page" : null);
            },
            cancellationToken);
        if (result.Outcome != WarmOutcome.Clean || files is null)
        {
            return ([], result);
        }

        WarmFile[] meant = [.. files.Where(file => IsMeant(requirement, file)).Select(file => File(requirement, page, file))];
        return meant.Length > 0 ? (meant, null)
            : (
                [],
                WarmResult.Failed(
                    requirement.Name,
                    "not found",
                    requirement.Digests.Count > 0
                        ? "no file of the index has one of the line's hashes"
                        : "the index has no file of this version"));
    }

    /// <summary>By its hash where both say one; else by its name and version.</summary>
    private static bool IsMeant(PythonRequirement requirement, IndexFile file)
    {
        var comparable = file.Digests.Where(digest => requirement.Digests.Any(wanted => wanted.Algorithm == digest.Algorithm)).ToList();
        return comparable.Count > 0 ? comparable.Exists(requirement.Digests.Contains) : file.IsOf(requirement.Project, requirement.Version);
    }

    private WarmFile File(PythonRequirement requirement, string page, IndexFile file) =>
        new(
            file.Name,
            client.Via.LocationOf(page, file.Url, Routes.PypiFiles),
            requirement.Digests.Count > 0 ? requirement.Digests : file.Digests);
}
