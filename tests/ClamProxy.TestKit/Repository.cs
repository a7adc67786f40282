namespace ClamProxy.TestKit;

/// <summary>The checked-out tree that the tests were built from.</summary>
public static class Repository
{
    /// <summary>Its folder: the first one above the test's own that holds the solution.</summary>
    public static string Folder { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static string File(string path) => Path.Combine(Folder, path);

    private static string Find(DirectoryInfo folder) =>
        System.IO.File.Exists(Path.Combine(folder.FullName, "ClamProxy.sln"))
            ? folder.FullName
            : Find(folder.Parent ?? throw new DirectoryNotFoundException("No folder above holds ClamProxy.sln."));
}
