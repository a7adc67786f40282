using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>A part of a content as a content of its own. The whole stays its owner's.</summary>
internal sealed class ContentWindow(IContentReader whole, long start, long length) : IContentReader
{
    /// <summary>Where it begins in the whole.</summary>
    public long Start => start;

    public long Length => length;

    public SafeFileHandle? File => null;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var left = (int)Math.Clamp(length - offset, 0, into.Length);
        return left == 0 ? ValueTask.FromResult(0) : whole.ReadAsync(start + offset, into[..left], cancellationToken);
    }

    public void Dispose()
    {
    }
}
