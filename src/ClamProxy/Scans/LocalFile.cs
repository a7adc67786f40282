namespace ClamProxy.Scans;

/// <summary>Opens a file that others may write to, move or remove meanwhile.</summary>
internal static class LocalFile
{
    // What reads it has a buffer of its own.
    private const int NoBuffer = 1;

    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, NoBuffer, useAsync: false);
}
