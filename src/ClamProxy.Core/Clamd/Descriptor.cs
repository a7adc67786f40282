using System.Net.Sockets;
using System.Runtime.InteropServices;
using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Clamd;

/// <summary>File descriptors over a unix socket (SCM_RIGHTS), which .NET's sockets do not know.</summary>
internal static partial class Descriptor
{
    // Linux, the same on x64 and arm64.
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int MsgNoSignal = 0x4000;
    private const int Interrupted = 4;
    private const int Again = 11;

    // CMSG_LEN(sizeof(int)): the header's 16 bytes and the descriptor's 4, without the padding behind it.
    private const int ControlLength = 20;

    /// <summary>Opens the file behind a handle once more, for reading only, with an offset of its own: clamd gets no right to change what
    /// is delivered later. The file needs no name (O_TMPFILE, memfd). Measured: about 10 µs.</summary>
    /// <returns>Null where it cannot be reopened so, or is not a file of this length: then its bytes are streamed.</returns>
    public static SafeFileHandle? ReopenForReading(SafeFileHandle file, long length)
    {
        var held = false;
        try
        {
            // Asked of the caller's handle first: opening a pipe would wait for a writer.
            if (!IsWhole(file, length))
            {
                return null;
            }

            file.DangerousAddRef(ref held);
            return File.OpenHandle(
                $"/proc/self/fd/{file.DangerousGetHandle()}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception cause) when (
            cause is IOException or UnauthorizedAccessException or NotSupportedException or ObjectDisposedException)
        {
            return null;
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>Whether the file still has the length it was announced with: clamd says OK to one that shrank while it looked.</summary>
    /// <exception cref="NotSupportedException">It is a pipe or a socket.</exception>
    public static bool IsWhole(SafeFileHandle file, long length)
    {
        var now = RandomAccess.GetLength(file);
        return length < 0 || now == length;
    }

    /// <summary>A file in memory that holds the bytes and has no name.</summary>
    /// <returns>Null where the kernel gives none.</returns>
    public static SafeFileHandle? InMemory(ReadOnlySpan<byte> content)
    {
        var file = MemoryFile.Create();
        if (file is null)
        {
            return null;
        }

        RandomAccess.Write(file, content, fileOffset: 0);
        return file;
    }

    /// <summary>Sends one byte and the descriptor with it.</summary>
    /// <returns>False when the socket takes nothing at the moment.</returns>
    /// <exception cref="SocketException">The connection is broken.</exception>
    public static unsafe bool TrySend(Socket socket, SafeFileHandle file)
    {
        byte data = 0;
        var vector = new IoVector { Base = &data, Length = 1 };
        var control = new ControlMessage { Length = ControlLength, Level = SolSocket, Type = ScmRights };
        var message = new MessageHeader
        {
            Vectors = &vector,
            VectorCount = 1,
            Control = &control,
            ControlLength = (nuint)sizeof(ControlMessage),
        };
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            control.Descriptor = (int)file.DangerousGetHandle();
            while (SendMessage(socket.SafeHandle, &message, MsgNoSignal) < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == Again)
                {
                    return false;
                }

                if (error != Interrupted)
                {
                    throw new SocketException((int)SocketError.ConnectionReset, $"sendmsg: errno {error}");
                }
            }

            return true;
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static unsafe partial nint SendMessage(SafeSocketHandle socket, MessageHeader* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct IoVector
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary>msghdr of 64-bit Linux. musl's vector count and control length are 32 bits wide with zeroed padding behind them: on a
    /// little-endian machine the same bytes as glibc's 64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>cmsghdr with one descriptor, padded to CMSG_SPACE(sizeof(int)) = 24.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    private struct ControlMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
    }
}
