namespace ClamProxy.Fuzz;

/// <summary>The inputs that are kept in the repository: a folder for each target, a file for each input, its bytes as they are.</summary>
internal static class Corpus
{
    public static IReadOnlyList<byte[]> Read(string folder, FuzzTarget target) =>
        [.. Directory.GetFiles(Path.Combine(folder, target.Name)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
}
