using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Objects.S3;

/// <summary>A content without bytes.</summary>
internal sealed class NoContent : IContentReader
{
    public long Length => 0;

    public SafeFileHandle? File => null;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken) => ValueTask.FromResult(0);

    public void Dispose()
    {
        // It holds nothing.
    }
}
