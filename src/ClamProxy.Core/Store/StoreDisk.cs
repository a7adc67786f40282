using System.Buffers;
using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Store;

/// <summary>
/// Every change that the store makes on disk, one step each: whatever happens between two of them, a kill included, the folder is
/// one that can be opened again. No file gets its final name before it is whole.
/// </summary>
internal sealed class StoreDisk(StoreFolders folders)
{
    /// <summary>Others may enter and read: a web server of another user sends the files.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    public const UnixFileMode FolderMode =
        FileMode | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What lies where.</summary>
    public StoreFolders Folders => folders;

    private const int OwnerOnly = 0x180;
    private const int BufferBytes = 128 << 10;
    private const int NoError = 0;
    private const int MakeAttempts = 5;

    /// <summary>Told before each step, and may throw what the disk would.</summary>
    internal Action<string>? Before { get; set; }

    /// <summary>Told after each step.</summary>
    internal Action<string>? After { get; set; }

    /// <summary>What the file system has left; null where it cannot be told.</summary>
    internal Func<FileSystemRoom?> Room { get; set; } = () => NativeFile.Room(folders.Contents);

    public void MakeFolder(string path)
    {
        Before?.Invoke("mkdir");
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, FolderMode);
        After?.Invoke("mkdir");
    }

    /// <summary>Puts a small file in place of whatever is there.</summary>
    /// <exception cref="IOException">The disk is full or broken; what was there still is.</exception>
    /// <param name="at">When it is asked for, as <see cref="SetUsed"/>.</param>
    public void Write(string path, ReadOnlyMemory<byte> bytes, DateTimeOffset at) =>
        Put(path, at, file => Step("write", () => RandomAccess.Write(file, bytes.Span, 0)));

    /// <summary>Puts a copy of an open file in place of whatever is there.</summary>
    /// <exception cref="IOException">The disk is full or broken; what was there still is.</exception>
    /// <param name="at">When it is asked for, as <see cref="SetUsed"/>.</param>
    public void Copy(SafeFileHandle body, long length, string path, DateTimeOffset at, CancellationToken cancellationToken) =>
        Put(path, at, file =>
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (long copied = 0; copied < length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var part = RandomAccess.Read(body, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - copied)), copied);
                part = part > 0 ? part : throw new IOException("the body became shorter while it was copied");
                Step("write", () => RandomAccess.Write(file, buffer.AsSpan(0, part), copied));
                copied += part;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    });

    /// <summary>Gives a file that has no name this one. Only a name that nothing has is given.</summary>
    /// <returns>False where it cannot be done so, for whatever cause; copying says which.</returns>
    public bool TryLink(SafeFileHandle body, string path)
    {
        var error = NoError;
        Step("chmod", () => File.SetUnixFileMode(body, FileMode));
        Step("link", () => error = NativeFile.Link(body, path));
        if (error == NativeFile.NotThere)
        {
            MakeFolder(Path.GetDirectoryName(path)!);
            Step("link", () => error = NativeFile.Link(body, path));
        }

        return error == NoError;
    }

    /// <returns>Whether there was something.</returns>
    /// <exception cref="IOException">It is still there.</exception>
    public bool Remove(string path)
    {
        var error = NoError;
        Step("unlink", () => error = NativeFile.Unlink(path));
        return error is NoError or NativeFile.NotThere ? error == NoError : throw NativeFile.Broken("unlink", error);
    }

    /// <summary>Notes when a file was last asked for. A failure costs it its place in the order and nothing else.</summary>
    public void SetUsed(string path, DateTimeOffset at) => Step("utimensat", () => NativeFile.SetUsed(path, at));

    /// <summary>Takes a lock that ends with this process at the latest.</summary>
    /// <returns>Null when another one has it.</returns>
    public FileLock? TryLock(string path) => FileLock.TryTake(Make(path, 0));

    /// <summary>Removes what processes that were killed were writing.</summary>
    /// <returns>How many there were.</returns>
    public int SweepTemp()
    {
        var swept = 0;
        foreach (var path in StoreFiles.Names(folders.Temp))
        {
            using var file = NativeFile.Open(path, OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, out _);
            if (file is null || NativeFile.TryLock(file))
            {
                swept += Remove(path) ? 1 : 0;
            }
        }

        return swept;
    }

    private void Put(string path, DateTimeOffset at, Action<SafeFileHandle> fill)
    {
        var temp = "";
        try
        {
            using var file = MakeTemp(out temp);
            fill(file);
            Step("chmod", () => File.SetUnixFileMode(file, FileMode));
            SetUsed(temp, at);
            Rename(temp, path);
            // Closing alone would leave the lock to a child process that is just being started and has all descriptors for a moment.
            NativeFile.Unlock(file);
        }
        catch
        {
            NativeFile.Unlink(temp);
            throw;
        }
    }

    /// <summary>
    /// A file that no sweep takes for a leftover. One that came between its making and its locking has taken it: then another one is made.
    /// </summary>
    private SafeFileHandle MakeTemp(out string path)
    {
        for (var attempt = 1; ; attempt++)
        {
            path = Path.Combine(folders.Temp, Guid.NewGuid().ToString("N"));
            var file = Make(path, OpenFlags.Exclusive);
            if ((NativeFile.TryLock(file) && NativeFile.TryLook(path, out _)) || attempt == MakeAttempts)
            {
                return file;
            }

            file.Dispose();
            NativeFile.Unlink(path);
        }
    }

    private SafeFileHandle Make(string path, int flags)
    {
        SafeFileHandle? file = null;
        var error = NoError;
        for (var attempt = 0; attempt < 2 && file is null; attempt++)
        {
            if (error == NativeFile.NotThere)
            {
                MakeFolder(Path.GetDirectoryName(path)!);
            }

            Step(
                "create",
                () =>
                    file = NativeFile.Open(
                        path, OpenFlags.Create | OpenFlags.ReadWrite | OpenFlags.NoFollow | flags, OwnerOnly, out error));
        }

        return file ?? throw NativeFile.Broken("open", error);
    }

    private void Rename(string from, string to)
    {
        var error = NoError;
        Step("rename", () => error = NativeFile.Rename(from, to));
        if (error == NativeFile.NotThere)
        {
            MakeFolder(Path.GetDirectoryName(to)!);
            Step("rename", () => error = NativeFile.Rename(from, to));
        }

        if (error != NoError)
        {
            throw NativeFile.Broken("rename", error);
        }
    }

    private void Step(string name, Action action)
    {
        Before?.Invoke(name);
        action();
        After?.Invoke(name);
    }
}
