using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Compressed;

/// <summary>
/// Finds bzip2 files of several streams, as pbzip2 writes them, and such members of zips: clamd 1.4 unpacks the first only, every client
/// all of them; and those that are cut off.
/// </summary>
internal static class Bzip2Streams
{
    private const int BufferLength = 128 * 1024;
    private const int HeadLength = 10;

    private static ReadOnlySpan<byte> Mark => "BZh"u8;

    public static bool IsBzip2(ReadOnlySpan<byte> head) => head.StartsWith(Mark);

    /// <exception cref="ArchiveTroubleException">It is one.</exception>
    public static async Task RefuseSeveralAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var head = new byte[HeadLength];
        if (await content.FillAsync(0, head, cancellationToken).ConfigureAwait(false) < HeadLength || !IsHead(head))
        {
            return;
        }

        await RefuseCutAsync(content, cancellationToken).ConfigureAwait(false);
        var buffer = new byte[(int)Math.Min(BufferLength, content.Length)];
        for (long at = 1; at + HeadLength <= content.Length; at += buffer.Length - HeadLength + 1)
        {
            var filled = await content.FillAsync(at, buffer, cancellationToken).ConfigureAwait(false);
            if (HoldsHead(buffer.AsSpan(0, filled)))
            {
                throw ArchiveTroubleException.NotOpened("the scanner unpacks only the first of a bzip2 file's streams");
            }

            if (filled < buffer.Length)
            {
                break;
            }
        }
    }

    /// <summary>Of a block that is cut off clamd has nothing; Python has what it holds.</summary>
    private static async Task RefuseCutAsync(IContentReader content, CancellationToken cancellationToken)
    {
        const int EndBytes = 11;
        const int SumBits = 32;
        var end = new byte[EndBytes];
        await content.FillAsync(Math.Max(0, content.Length - EndBytes), end, cancellationToken).ConfigureAwait(false);
        var bits = end.Aggregate(UInt128.Zero, (all, one) => (all << 8) | one);
        for (var padding = 0; padding < 8; padding++)
        {
            if (((bits >> (SumBits + padding)) & 0xffff_ffff_ffff) == 0x1772_4538_5090)
            {
                return;
            }
        }

        throw new ArchiveTroubleException(ArchiveTrouble.Contradictory, "It is a bzip2 file that does not end as one.");
    }

    private static bool HoldsHead(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf(Mark) is >= 0 and var at)
        {
            if (IsHead(bytes[at..]))
            {
                return true;
            }

            bytes = bytes[(at + 1)..];
        }

        return false;
    }

    /// <summary>The mark, the block size, and the mark of a first block or of an end.</summary>
    private static bool IsHead(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeadLength && IsBzip2(bytes) && bytes[3] is >= (byte)'1' and <= (byte)'9'
        && (bytes[4..].StartsWith((ReadOnlySpan<byte>)[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
            || bytes[4..].StartsWith((ReadOnlySpan<byte>)[0x17, 0x72, 0x45, 0x38, 0x50, 0x90]));
}
