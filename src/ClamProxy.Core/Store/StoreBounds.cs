using ClamProxy.Core.Files;

namespace ClamProxy.Core.Store;

/// <summary>How much may be stored: what the options say, and no more than leaves the file system the room that others need.</summary>
/// <param name="Bytes">Disk taken, in bytes.</param>
/// <param name="Files">Contents.</param>
internal readonly record struct StoreBounds(long Bytes, long Files)
{
    /// <summary>A content's file, its verdict's, and one URL's.</summary>
    private const int FilesOfOne = 3;

    /// <param name="usage">What is stored: that much would be free without it.</param>
    /// <param name="room">What is free; null where it cannot be told.</param>
    public static StoreBounds Of(StoreOptions options, StoreUsage usage, FileSystemRoom? room)
    {
        var bytes = room is { } disk ? usage.Bytes + disk.FreeBytes - Reserve(options.MinFree, disk.Bytes) : long.MaxValue;
        var files = room is { Files: > 0 } inodes
            ? usage.Files + ((inodes.FreeFiles - Reserve(options.MinFreeFiles, inodes.Files)) / FilesOfOne)
            : long.MaxValue;
        return new StoreBounds(Math.Clamp(bytes, 0, options.Size), Math.Clamp(files, 0, options.Entries));
    }

    /// <summary>Less of a small file system, or nothing would ever be stored on it.</summary>
    private static long Reserve(long least, long all) => Math.Min(least, all / 20);

    /// <summary>So much is left by those who make room: the next file must not have them count all files again.</summary>
    public StoreBounds Roomy => new(Bytes - (Bytes / 20), Files - (Files / 20));

    public bool Hold(StoreUsage usage) => usage.Bytes <= Bytes && usage.Files <= Files;
}
