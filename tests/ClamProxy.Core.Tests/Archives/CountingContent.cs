using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Tests.Archives;

/// <summary>A content of any length that is mostly zeros, with some bytes somewhere; it counts what is read of it.</summary>
internal sealed class CountingContent(long length, params (long At, byte[] Bytes)[] parts) : IContentReader
{
    public long Length => length;

    public long BytesRead { get; private set; }

    /// <summary>Called before each read.</summary>
    public Action? Reading { get; init; }

    public SafeFileHandle? File => null;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        Reading?.Invoke();
        cancellationToken.ThrowIfCancellationRequested();
        var read = (int)Math.Clamp(length - offset, 0, into.Length);
        into.Span[..read].Clear();
        foreach (var (at, bytes) in parts)
        {
            var from = Math.Max(at, offset);
            var to = Math.Min(at + bytes.Length, offset + read);
            if (from < to)
            {
                bytes.AsSpan((int)(from - at), (int)(to - from)).CopyTo(into.Span[(int)(from - offset)..]);
            }
        }

        BytesRead += read;
        return ValueTask.FromResult(read);
    }

    public void Dispose()
    {
    }
}
