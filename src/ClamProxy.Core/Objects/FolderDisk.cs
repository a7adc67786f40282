using System.Buffers;
using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Objects;

/// <summary>
/// What <see cref="FolderObjects"/> does on disk, one step each: whatever happens between two of them, the machine's power included, no
/// file has its name before it is whole.
/// </summary>
internal sealed class FolderDisk(string root)
{
    private const string Temp = ".temp";
    private const int BufferBytes = 128 << 10;
    private const int ReadOnly = 0;
    private const int OwnerOnly = 0x180;
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>No copy pauses this long.</summary>
    private static readonly TimeSpan LeftBehind = TimeSpan.FromHours(1);

    public FileSystemRoom? Room() => NativeFile.Room(Directory.Exists(root) ? root : Path.GetDirectoryName(root)!);

    /// <returns>Null when there is no such file.</returns>
    /// <exception cref="IOException">It cannot be opened, or it is no plain file of ours.</exception>
    public static SafeFileHandle? Open(string path)
    {
        var file = NativeFile.Open(path, ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, out var error);
        if (file is null)
        {
            return error == NativeFile.NotThere ? null : throw NativeFile.Broken("open", error);
        }

        if (NativeFile.TryLook(file, out var look) && look is { IsRegular: true, IsOurs: true })
        {
            return file;
        }

        file.Dispose();
        throw new IOException("not a plain file of this user");
    }

    /// <summary>Puts a content there: under its first name where it has none yet on this file system, else as a copy.</summary>
    /// <remarks>In place of what is there: a job that is fetched again has a new content.</remarks>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public async Task PutAsync(string path, IContentReader content, CancellationToken cancellationToken)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        if (content.File is not { } file || !TryLink(file, path))
        {
            await CopyAsync(content, path, cancellationToken).ConfigureAwait(false);
        }

        Flush(Path.GetDirectoryName(path)!);
    }

    /// <exception cref="IOException">It could not be moved.</exception>
    public void Move(string from, string to)
    {
        MakeFolder(Path.GetDirectoryName(to)!);
        var error = NativeFile.Rename(from, to);
        if (error is not (0 or NativeFile.NotThere))
        {
            throw NativeFile.Broken("rename", error);
        }

        Flush(Path.GetDirectoryName(to)!);
    }

    /// <returns>The bytes that it had; 0 where there was nothing.</returns>
    /// <exception cref="IOException">It is still there.</exception>
    public static long Remove(string path)
    {
        var length = NativeFile.TryLook(path, out var look) ? look.Stamp.Length : 0;
        var error = NativeFile.Unlink(path);
        return error is 0 or NativeFile.NotThere ? length : throw NativeFile.Broken("unlink", error);
    }

    public IEnumerable<ObjectEntry> Files() =>
        !Directory.Exists(root) ? []
        : new DirectoryInfo(root).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(file => (Key: Path.GetRelativePath(root, file.FullName), File: file))
            .Where(found => !found.Key.StartsWith(Temp, StringComparison.Ordinal) && found.File.Exists)
            .Select(found => new ObjectEntry(found.Key, found.File.Length, found.File.LastWriteTimeUtc));

    /// <summary>Removes what processes that were killed were copying.</summary>
    public void SweepTemp(DateTimeOffset now)
    {
        var temp = new DirectoryInfo(Path.Combine(root, Temp));
        foreach (var file in temp.Exists ? temp.EnumerateFiles() : [])
        {
            if (now - file.LastWriteTimeUtc > LeftBehind)
            {
                file.Delete();
            }
        }
    }

    private static bool TryLink(SafeFileHandle file, string path)
    {
        if (!NativeFile.TryLook(file, out var look) || look is not { IsRegular: true, IsOurs: true, Names: 0 })
        {
            return false;
        }

        RandomAccess.FlushToDisk(file);
        return NativeFile.Link(file, path) == 0;
    }

    private async Task CopyAsync(IContentReader content, string path, CancellationToken cancellationToken)
    {
        MakeFolder(Path.Combine(root, Temp));
        var temp = Path.Combine(root, Temp, Guid.NewGuid().ToString("N"));
        try
        {
            using var file = NativeFile.Open(
                temp, OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.ReadWrite | OpenFlags.NoFollow, OwnerOnly, out var error)
                ?? throw NativeFile.Broken("open", error);
            await CopyAsync(content, file, cancellationToken).ConfigureAwait(false);
            RandomAccess.FlushToDisk(file);
            error = NativeFile.Rename(temp, path);
            if (error != 0)
            {
                throw NativeFile.Broken("rename", error);
            }
        }
        catch
        {
            NativeFile.Unlink(temp);
            throw;
        }
    }

    /// <summary>By its reader: not every content is a file.</summary>
    private static async Task CopyAsync(IContentReader from, SafeFileHandle to, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (long copied = 0; copied < from.Length;)
            {
                var most = (int)Math.Min(buffer.Length, from.Length - copied);
                var part = await from.ReadAsync(copied, buffer.AsMemory(0, most), cancellationToken).ConfigureAwait(false);
                part = part > 0 ? part : throw new IOException("the content became shorter while it was copied");
                RandomAccess.Write(to, buffer.AsSpan(0, part), copied);
                copied += part;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void MakeFolder(string path) => Directory.CreateDirectory(path, FolderMode);

    /// <summary>A name is on the disk only when its folder is (fsync(2)).</summary>
    private static void Flush(string folder)
    {
        using var handle = NativeFile.Open(folder, ReadOnly, 0, out var error) ?? throw NativeFile.Broken("open", error);
        RandomAccess.FlushToDisk(handle);
    }
}
