using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Files;

/// <summary>
/// Files that live in memory and have no name (memfd_create(2)): what is small need not touch a disk to be passed as a descriptor.
/// </summary>
internal static partial class MemoryFile
{
    private const uint CloseOnExec = 1;

    /// <returns>An empty file to read and write; null where the kernel gives none.</returns>
    public static SafeFileHandle? Create()
    {
        var file = new SafeFileHandle(Create("clamproxy", CloseOnExec), ownsHandle: true);
        if (file.IsInvalid)
        {
            file.Dispose();
            return null;
        }

        return file;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Create(string name, uint flags);
}
