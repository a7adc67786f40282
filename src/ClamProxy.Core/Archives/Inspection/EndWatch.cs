using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>
/// A content that knows whether its reader wanted its last byte: an unpacker does not when its stream ends before. The content stays its
/// owner's.
/// </summary>
internal sealed class EndWatch(IContentReader content) : IContentReader
{
    /// <summary>All of it was asked for.</summary>
    public bool IsAtEnd { get; private set; } = content.Length == 0;

    /// <summary>Where the last piece that was read begins: a stream that ended early did so behind this.</summary>
    public long LastAt { get; private set; }

    public long Length => content.Length;

    public SafeFileHandle? File => null;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var beforeLast = content.Length - 1 - offset;
        if (beforeLast <= 0)
        {
            IsAtEnd = true;
        }

        LastAt = Math.Min(offset, content.Length);
        return content.ReadAsync(offset, beforeLast > 0 && beforeLast < into.Length ? into[..(int)beforeLast] : into, cancellationToken);
    }

    public void Dispose()
    {
    }
}
