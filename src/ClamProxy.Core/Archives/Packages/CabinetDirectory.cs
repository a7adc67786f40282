using System.Buffers.Binary;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Packages;

/// <summary>Reads the sizes that a cabinet (MS-CAB) claims for its files: clamd 1.4 cuts those over MaxFileSize off in silence, as it does
/// with zips. It knows a cabinet by eight bytes, of which four are reserved, and opens the first of several; cabextract goes by four, and
/// opens all.</summary>
internal static class CabinetDirectory
{
    private const int HeaderLength = 36;
    private const int EntryLength = 16;

    /// <summary>MS-CAB: a name has 256 bytes at most, its end included.</summary>
    private const int LongestName = 256;

    public static bool IsCabinet(ReadOnlySpan<byte> head) => head.StartsWith("MSCF"u8);

    /// <exception cref="ArchiveTroubleException">A file is too large, or the cabinet is broken.</exception>
    public static async Task CheckAsync(IContentReader content, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        if (await content.FillAsync(0, header, cancellationToken).ConfigureAwait(false) < HeaderLength || !IsCabinet(header))
        {
            return;
        }

        if (header.AsSpan(4, 4).ContainsAnyExcept((byte)0))
        {
            throw Contradictory("a field that is reserved is not zero");
        }

        if (
            await MarkSearch.HoldsCabinetAsync(
                content,
                BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)),
                content.Length,
                cancellationToken).ConfigureAwait(false))
        {
            throw Contradictory("another one follows it");
        }

        long at = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(16));
        var entry = new byte[EntryLength + LongestName];
        for (var left = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28)); left > 0; left--)
        {
            var filled = await content.FillAsync(at, entry, cancellationToken).ConfigureAwait(false);
            var name = filled > EntryLength ? entry.AsSpan(EntryLength, filled - EntryLength).IndexOf((byte)0) : -1;
            if (name < 0)
            {
                throw Contradictory("its list of files ends too early");
            }

            var size = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            if (size > limits.Member)
            {
                throw ArchiveTroubleException.TooLarge("A file in it is", size, limits.Member);
            }

            at += EntryLength + name + 1;
        }
    }

    private static ArchiveTroubleException Contradictory(string what) =>
        new(ArchiveTrouble.Contradictory, $"It is a broken cabinet: {what}.");
}
