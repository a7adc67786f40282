using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Objects.S3;

/// <summary>A content in memory.</summary>
internal sealed class BytesContent(params byte[] bytes) : IContentReader
{
    public long Length => bytes.Length;

    public SafeFileHandle? File => null;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var rest = bytes.AsSpan((int)Math.Min(offset, bytes.Length));
        var read = Math.Min(rest.Length, into.Length);
        rest[..read].CopyTo(into.Span);
        return ValueTask.FromResult(read);
    }

    public void Dispose()
    {
        // It holds nothing.
    }
}
