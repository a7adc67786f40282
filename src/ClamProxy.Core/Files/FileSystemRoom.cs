namespace ClamProxy.Core.Files;

/// <summary>How large a file system is, and what it has left for a user without special rights.</summary>
/// <param name="Bytes">Bytes in all.</param>
/// <param name="FreeBytes">Free bytes.</param>
/// <param name="Files">Inodes in all; 0 where it makes them as it needs them.</param>
/// <param name="FreeFiles">Free inodes.</param>
internal readonly record struct FileSystemRoom(long Bytes, long FreeBytes, long Files, long FreeFiles)
{
    /// <summary>Less than that is nothing: no package fits.</summary>
    private const long LeastBytes = 1 << 20;

    /// <summary>Whether nothing can be written to it.</summary>
    public bool IsFull => FreeBytes < LeastBytes || (Files > 0 && FreeFiles == 0);
}
