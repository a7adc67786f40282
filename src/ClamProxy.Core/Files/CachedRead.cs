using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Files;

/// <summary>
/// Reads what the kernel has in memory at once, and waits for the disk on another thread only where it must: .NET queues every read
/// of a file for another thread. 64 KiB from memory take about 3.6 µs of processor time either way; what is saved is the queue.
/// </summary>
internal static unsafe partial class CachedRead
{
    private const int WithoutWaiting = 8;
    private static volatile bool s_isKnown = true;

    public static ValueTask<int> ReadAsync(SafeFileHandle file, long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var read = s_isKnown && !cancellationToken.IsCancellationRequested ? TryRead(file, offset, into.Span) : -1;
        return read >= 0 ? ValueTask.FromResult(read) : RandomAccess.ReadAsync(file, into, offset, cancellationToken);
    }

    /// <returns>Negative when it would have to wait, or went wrong: the other way says why.</returns>
    private static int TryRead(SafeFileHandle file, long offset, Span<byte> into)
    {
        try
        {
            fixed (byte* start = into)
            {
                var vector = new Vector { Start = start, Length = (nuint)into.Length };
                return (int)Read(file, &vector, 1, offset, WithoutWaiting);
            }
        }
        catch (EntryPointNotFoundException)
        {
            s_isKnown = false;
            return -1;
        }
    }

    [LibraryImport("libc", EntryPoint = "preadv2")]
    private static partial nint Read(SafeFileHandle file, Vector* vectors, int count, long offset, int flags);

    private struct Vector
    {
        public byte* Start;
        public nuint Length;
    }
}
