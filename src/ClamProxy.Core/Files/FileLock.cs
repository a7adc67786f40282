using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Files;

/// <summary>A lock that one process at a time holds, until it is disposed of, and no longer than the process lives.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <param name="file">The file to lock; the lock closes it.</param>
    /// <returns>Null when another one has it.</returns>
    public static FileLock? TryTake(SafeFileHandle file)
    {
        if (NativeFile.TryLock(file))
        {
            return new FileLock(file);
        }

        file.Dispose();
        return null;
    }

    /// <summary>Closing alone would leave it to a child process that is just being started and has all descriptors for a moment.</summary>
    public void Dispose()
    {
        if (!_file.IsClosed)
        {
            NativeFile.Unlock(_file);
            _file.Dispose();
        }
    }
}
