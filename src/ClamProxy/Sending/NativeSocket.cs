using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Sending;

/// <summary>
/// The socket calls that .NET does not offer. Neither waits for the socket. Both may take less than they were given, or nothing for
/// whatever reason: .NET's own calls take the rest, wait, or say what is wrong.
/// </summary>
internal static unsafe partial class NativeSocket
{
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int MoreFollows = 0x8000;

    /// <summary>send(2) with MSG_MORE: the kernel keeps the bytes for the packet that the next ones begin.</summary>
    /// <returns>How many bytes were taken.</returns>
    public static int SendAhead(Socket socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return Taken(SendCall(socket.SafeHandle, start, (nuint)bytes.Length, DontWait | NoSignal | MoreFollows));
        }
    }

    /// <summary>sendfile(2).</summary>
    /// <returns>How many bytes were taken.</returns>
    public static int SendFile(Socket socket, SafeFileHandle file, long offset, int count) =>
        Taken(SendFileCall(socket.SafeHandle, file, &offset, (nuint)count));

    private static int Taken(nint result) => (int)Math.Max(result, 0);

    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint SendCall(SafeSocketHandle socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendfile")]
    private static partial nint SendFileCall(SafeSocketHandle socket, SafeFileHandle file, long* offset, nuint count);
}
