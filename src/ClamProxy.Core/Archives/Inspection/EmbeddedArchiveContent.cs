using ClamProxy.Core.Files;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>A hidden archive as a file that begins as an archive does, for a scanner that goes by a file's first bytes: what is in front of
/// its first member reads as a member's mark and zeros, so that its offsets still hold. The whole stays its owner's.</summary>
internal sealed class EmbeddedArchiveContent(IContentReader content, EmbeddedArchive archive) : IContentReader
{
    private static readonly byte[] Mark = [.. "PK\u0003\u0004"u8];

    private readonly ContentWindow _archive = new(content, archive.Start, archive.Length);
    private readonly long _front = archive.First - archive.Start;

    public long Length => archive.Length;

    public SafeFileHandle? File => null;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        var read = await _archive.ReadAsync(offset, into, cancellationToken).ConfigureAwait(false);
        for (var at = 0; at < read && offset + at < _front; at++)
        {
            into.Span[at] = offset + at < Mark.Length ? Mark[offset + at] : (byte)0;
        }

        Patch(into.Span[..read], archive.Start + offset);
        return read;
    }

    public void Dispose()
    {
    }

    private void Patch(Span<byte> bytes, long at)
    {
        if (archive.Patches is not { } patches)
        {
            return;
        }

        for (var next = FirstReaching(patches, at); next < patches.Count && patches[next].At < at + bytes.Length; next++)
        {
            patches[next].ApplyTo(bytes, at);
        }
    }

    /// <returns>The first that does not end before this place of the content; they are in order.</returns>
    private static int FirstReaching(IReadOnlyList<SizePatch> patches, long at)
    {
        var (low, high) = (0, patches.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (patches[middle].At + SizePatch.Bytes <= at)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
