using ClamProxy.Core.Files;

namespace ClamProxy.Sending;

/// <summary>What is to be sent next: bytes that were written, or a part of a file.</summary>
/// <param name="Bytes">In a rented array; empty for a part of a file.</param>
/// <param name="File">Null for bytes.</param>
/// <param name="Offset">Where the part begins.</param>
/// <param name="Length">Bytes of the part.</param>
internal readonly record struct SocketPiece(ArraySegment<byte> Bytes, IContentReader? File, long Offset, int Length)
{
    public static SocketPiece Of(byte[] rented, int length) => new(new ArraySegment<byte>(rented, 0, length), null, 0, length);

    public static SocketPiece Of(IContentReader file, long offset, int length) => new(default, file, offset, length);
}
