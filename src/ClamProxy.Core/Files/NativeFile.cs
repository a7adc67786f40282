using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Files;

/// <summary>
/// The file calls that .NET does not offer: files without a name, links to them, looks that follow no link, locks, times, room.
/// </summary>
internal static unsafe partial class NativeFile
{
    public const int NotThere = 2;
    public const int NoDevice = 6;
    public const int NotAllowed = 13;
    public const int AlreadyThere = 17;
    public const int IsLink = 40;

    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int Follow = 0x400;
    private const int EmptyPath = 0x1000;
    private const uint BasicFacts = 0x7FF;
    private const int ExclusiveWithoutWaiting = 2 | 4;
    private const int Release = 8;
    private const long Omit = (1L << 30) - 2;
    private static readonly uint User = EffectiveUser();

    /// <summary>Looks at what has this name; a link is not followed.</summary>
    /// <param name="path">UTF-8, ended by a zero byte.</param>
    /// <returns>False when there is nothing, or it cannot be looked at.</returns>
    public static bool TryLook(ReadOnlySpan<byte> path, out FileStat look)
    {
        fixed (byte* start = path)
        {
            return TryLook(CurrentFolder, start, NoFollow, out look);
        }
    }

    /// <inheritdoc cref="TryLook(ReadOnlySpan{byte}, out FileStat)"/>
    public static bool TryLook(string path, out FileStat look) => TryLook(ZeroEnded(path), out look);

    /// <summary>Looks at an open file.</summary>
    public static bool TryLook(SafeFileHandle file, out FileStat look)
    {
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            byte end = 0;
            return TryLook((int)file.DangerousGetHandle(), &end, EmptyPath, out look);
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    public static byte[] ZeroEnded(string path) => System.Text.Encoding.UTF8.GetBytes(path + '\0');

    /// <returns>The open file, or null and the reason in <paramref name="error"/>.</returns>
    public static SafeFileHandle? Open(string path, int flags, int mode, out int error)
    {
        // A handle of its own: the runtime's open takes no such flags, locks the file, and follows links.
        var file = new SafeFileHandle(OpenCall(path, flags | OpenFlags.CloseOnExec, mode), ownsHandle: true);
        error = Marshal.GetLastPInvokeError();
        if (!file.IsInvalid)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Gives an open file a (first) name. Works for files made without one, which other unnamed files are not.</summary>
    /// <returns>0, or why not.</returns>
    public static int Link(SafeFileHandle file, string path)
    {
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return LinkCall(CurrentFolder, $"/proc/self/fd/{file.DangerousGetHandle()}", CurrentFolder, path, Follow) == 0
                ? 0
                : Marshal.GetLastPInvokeError();
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <returns>0, or why not.</returns>
    public static int Rename(string from, string to) => RenameCall(from, to) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <returns>0, or why not.</returns>
    public static int Unlink(string path) => UnlinkCall(path) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>What a call that failed is told as.</summary>
    public static IOException Broken(string call, int error) => new($"{call}: {Marshal.GetPInvokeErrorMessage(error)}", error);

    /// <summary>Takes the file's only lock, which ends with the descriptor, however the process ends.</summary>
    public static bool TryLock(SafeFileHandle file) => LockCall(file, ExclusiveWithoutWaiting) == 0;

    public static void Unlock(SafeFileHandle file) => _ = LockCall(file, Release);

    /// <summary>Sets the access time and leaves the time of the last change as it is.</summary>
    /// <returns>0, or why not.</returns>
    public static int SetUsed(string path, DateTimeOffset at)
    {
        var since = at - DateTimeOffset.UnixEpoch;
        var seconds = (long)Math.Floor(since.TotalSeconds);
        var times = stackalloc long[4] { seconds, (since.Ticks - (seconds * TimeSpan.TicksPerSecond)) * 100, 0, Omit };
        return TimesCall(CurrentFolder, path, times, NoFollow) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <returns>What is left on the file system of a path; null where it cannot be told.</returns>
    public static FileSystemRoom? Room(string path)
    {
        StatvfsBuffer buffer;
        return RoomCall(path, &buffer) == 0 ? buffer.Room : null;
    }

    private static bool TryLook(int folder, byte* path, int flags, out FileStat look)
    {
        StatxBuffer buffer;
        if (StatxCall(folder, path, flags, BasicFacts, &buffer) != 0)
        {
            look = default;
            return false;
        }

        look = new FileStat(buffer.Stamp, buffer.IsRegular, buffer.Owner == User, buffer.Names, buffer.UsedAt);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int StatxCall(int folder, byte* path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport("libc", EntryPoint = "statvfs", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RoomCall(string path, StatvfsBuffer* buffer);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenCall(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkCall(int fromFolder, string from, int toFolder, string to, int flags);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameCall(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkCall(string path);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int LockCall(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TimesCall(int folder, string path, long* times, int flags);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
