using System.Text.Json;

namespace ClamProxy.Warming.Lists;

/// <summary>Reads a list of whichever kind: its content says which one it is, not its name.</summary>
internal sealed class ListReader(TimeProvider time)
{
    /// <returns>What it asks for, each thing once, in its order.</returns>
    /// <exception cref="UnreadableListException">It cannot be read, or not as a whole.</exception>
    public async Task<IReadOnlyList<WarmEntry>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var text = await ListFile.ReadAsync(path, time, cancellationToken);
        return text.AsSpan().TrimStart() is ['{', ..]
            ? ReadJson(path, text)
            : await new RequirementsReader(time).ReadAsync(path, text, cancellationToken);
    }

    private static IReadOnlyList<WarmEntry> ReadJson(string path, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            return root.TryGetProperty("lockfileVersion", out _) ? NpmLockReader.Read(path, root)
                : root.TryGetProperty("version", out _) && root.TryGetProperty("dependencies", out _) ? NuGetLockReader.Read(path, root)
                : throw new UnreadableListException(
                    path,
                    null,
                    "is JSON, but neither npm's package-lock.json (it has \"lockfileVersion\": 3) nor NuGet's packages.lock.json (it has "
                        + "\"version\": 1 and \"dependencies\")");
        }
        catch (JsonException torn)
        {
            throw new UnreadableListException(
                path, (int?)torn.LineNumber + 1, "is not JSON from there on; a lock file is one whole object, as npm and NuGet write it");
        }
    }
}
