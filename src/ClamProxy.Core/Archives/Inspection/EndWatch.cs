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

    /// <summary>Where the next piece begins: nothing behind it was read.</summary>
    public long NextAt { get; private set; }

    /// <summary>From here on it is read byte by byte, so that nothing is read that is not needed.</summary>
    public long SlowFrom { get; init; } = long.MaxValue;

    public long Length => content.Length;

    public SafeFileHandle? File => null;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        into = offset >= SlowFrom ? into[..Math.Min(into.Length, 1)] : into;
        var beforeLast = content.Length - 1 - offset;
        if (beforeLast <= 0)
        {
            IsAtEnd = true;
        }

        LastAt = Math.Min(offset, content.Length);
        into = beforeLast > 0 && beforeLast < into.Length ? into[..(int)beforeLast] : into;
        var read = await content.ReadAsync(offset, into, cancellationToken).ConfigureAwait(false);
        NextAt = offset + read;
        return read;
    }

    public void Dispose()
    {
    }
}
