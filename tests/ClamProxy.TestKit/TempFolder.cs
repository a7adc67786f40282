namespace ClamProxy.TestKit;

/// <summary>A folder of its own under the system's temp folder, removed with all it holds at the end.</summary>
public sealed class TempFolder : IDisposable
{
    private const string Prefix = "clamproxy-test-";

    public TempFolder() => Path = Directory.CreateTempSubdirectory(Prefix).FullName;

    private TempFolder(string path) => Path = Directory.CreateDirectory(path).FullName;

    public string Path { get; }

    /// <summary>The same for many small files that live for milliseconds: on the memory disk that test.sh names, if it does.</summary>
    public static TempFolder ForScratch() => Environment.GetEnvironmentVariable("CLAMPROXY_TESTS_SCRATCH") is { Length: > 0 } disk
        ? new(System.IO.Path.Combine(disk, $"{Prefix}{Guid.NewGuid():N}"))
        : new();

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }
}
