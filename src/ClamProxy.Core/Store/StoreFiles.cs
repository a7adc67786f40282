using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Store;

/// <summary>Reads what lies on disk, whoever may have put it there.</summary>
internal static class StoreFiles
{
    /// <summary>Opens a plain file of this user for reading, which leaves its access time alone.</summary>
    /// <returns>Null where there is none.</returns>
    public static SafeFileHandle? Open(string path, out FileStat look)
    {
        look = default;
        var flags = OpenFlags.NoFollow | OpenFlags.NonBlocking;
        var file = NativeFile.Open(path, flags | OpenFlags.NoAccessTime, 0, out var error) ?? NativeFile.Open(path, flags, 0, out error);
        if (file is null)
        {
            return error is NativeFile.NotThere or NativeFile.IsLink or NativeFile.NoDevice or NativeFile.NotAllowed
                ? null
                : throw NativeFile.Broken("open", error);
        }

        if (NativeFile.TryLook(file, out look) && look is { IsRegular: true, IsOurs: true })
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Reads a small file whole.</summary>
    /// <returns>Null where there is none of this user, and empty where it is too long: nothing that it holds would be believed.</returns>
    public static byte[]? Read(string path, int maxBytes) => Read(path, maxBytes, out _);

    /// <inheritdoc cref="Read(string, int)"/>
    public static byte[]? Read(string path, int maxBytes, out FileStat look)
    {
        using var file = Open(path, out look);
        if (file is null)
        {
            return null;
        }

        var bytes = new byte[look.Stamp.Length <= maxBytes ? look.Stamp.Length : 0];
        for (var read = 0; read < bytes.Length;)
        {
            var part = RandomAccess.Read(file, bytes.AsSpan(read), read);
            read += part > 0 ? part : throw new IOException($"{path} became shorter while it was read");
        }

        return bytes;
    }

    /// <summary>All paths of one of the folders: <c>{folder}/ab/{name}</c>. Folders whose names are not two digits are ignored.</summary>
    public static IEnumerable<string> List(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Where(IsPlainFolder).SelectMany(Names)
            : [];

    public static IEnumerable<string> Names(string folder)
    {
        try
        {
            return Directory.GetFiles(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static bool IsPlainFolder(string path) =>
        Path.GetFileName(path).Length == 2 && new DirectoryInfo(path).LinkTarget is null;
}
