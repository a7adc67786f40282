using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Files;

/// <summary>Files on disk that have no name: the kernel frees them with their last descriptor, whatever ends the process.</summary>
internal static class NamelessFile
{
    private const int OwnerOnly = 0x180;

    /// <summary>Opens an empty file to read and write that only this process and those it hands the descriptor to can reach.</summary>
    /// <param name="folder">The folder on whose file system it lies.</param>
    /// <param name="prefix">How its name begins where the file system makes no file without one: it has one for a moment then, and can
    /// never be linked.</param>
    /// <exception cref="IOException">No space, no descriptors left, or no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static SafeFileHandle Create(string folder, string prefix) =>
        NativeFile.Open(folder, OpenFlags.Nameless | OpenFlags.ReadWrite, OwnerOnly, out _) ?? CreateAndUnname(folder, prefix);

    internal static SafeFileHandle CreateAndUnname(string folder, string prefix)
    {
        var path = Path.Combine(folder, prefix + Guid.NewGuid().ToString("N"));
        var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        File.Delete(path);
        return stream.SafeFileHandle;
    }
}
