using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>Bytes in memory as a content.</summary>
internal sealed class ContentBytes(ReadOnlyMemory<byte> bytes) : IContentReader
{
    public long Length => bytes.Length;

    public SafeFileHandle? File => null;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var read = (int)Math.Clamp(bytes.Length - offset, 0, into.Length);
        if (read > 0)
        {
            bytes.Slice((int)offset, read).CopyTo(into);
        }

        return ValueTask.FromResult(read);
    }

    public void Dispose()
    {
    }
}
