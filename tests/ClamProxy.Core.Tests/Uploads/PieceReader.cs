using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Tests.Uploads;

/// <summary>A content that comes in pieces of at most so many bytes.</summary>
internal sealed class PieceReader(byte[] bytes, int piece) : IContentReader
{
    public long Length => bytes.Length;

    public SafeFileHandle? File => null;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var count = (int)Math.Max(0, Math.Min(Math.Min(into.Length, piece), bytes.Length - offset));
        bytes.AsMemory((int)Math.Min(offset, bytes.Length), count).CopyTo(into);
        return ValueTask.FromResult(count);
    }

    public void Dispose()
    {
    }
}
