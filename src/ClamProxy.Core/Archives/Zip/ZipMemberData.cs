using System.Buffers.Binary;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;
using static ClamProxy.Core.Archives.Zip.ZipFormat;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>Where a member's bytes are, by its own header, and whether that header agrees with the directory: a scanner may go by the one
/// and a client by the other.</summary>
internal static class ZipMemberData
{
    private const int SizesAt = 18;

    /// <exception cref="ArchiveTroubleException">The two contradict each other.</exception>
    public static async Task<ZipLocal> FindAsync(IContentReader content, ZipEnd end, ZipMember member, CancellationToken cancellationToken)
    {
        var header = new byte[LocalLength];
        var at = member.LocalAt > (ulong)content.Length ? content.Length : end.Start + (long)member.LocalAt;
        if (await content.FillAsync(at, header, cancellationToken).ConfigureAwait(false) < LocalLength)
        {
            throw Differ();
        }

        var extraAt = at + LocalLength + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26));
        var extra = new byte[IsWide(header) ? BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28)) : 0];
        if (await content.FillAsync(extraAt, extra, cancellationToken).ConfigureAwait(false) < extra.Length
            || !Agrees(header, extra, member)
            || ZipWide.IsDouble(extra))
        {
            throw Differ();
        }

        // numpy writes all of its archives so, however small. The directory's sizes are of 32 bits: others were refused before.
        SizePatch? patch = IsWide(header) ? new SizePatch(at + SizesAt, (uint)member.Packed, (uint)member.Length) : null;
        var dataAt = extraAt + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
        if (member.Packed > (ulong)Math.Max(0, content.Length - dataAt))
        {
            throw ZipDirectory.Broken("a member is longer than the file");
        }

        return new ZipLocal(
            at,
            new ContentWindow(content, dataAt, (long)member.Packed),
            HasDescriptor(BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(6))),
            patch);
    }

    /// <summary>Whether a content begins with a member.</summary>
    public static async Task<bool> IsLocalAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var mark = new byte[MarkLength];
        return await content.FillAsync(0, mark, cancellationToken).ConfigureAwait(false) == MarkLength
            && BinaryPrimitives.ReadUInt32LittleEndian(mark) == LocalMark;
    }

    private static bool IsWide(ReadOnlySpan<byte> header) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[18..]) == uint.MaxValue
            || BinaryPrimitives.ReadUInt32LittleEndian(header[22..]) == uint.MaxValue;

    private static ArchiveTroubleException Differ() => ZipDirectory.Broken("a member and its entry in the directory differ");

    private static bool Agrees(ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra, ZipMember member)
    {
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        var fields = ZipWide.Fields(extra);
        var length = ZipWide.Widen(BinaryPrimitives.ReadUInt32LittleEndian(header[22..]), ref fields);
        var packed = ZipWide.Widen(BinaryPrimitives.ReadUInt32LittleEndian(header[18..]), ref fields);
        return BinaryPrimitives.ReadUInt32LittleEndian(header) == LocalMark
            && IsEncrypted(flags) == IsEncrypted(member.Flags)
            && BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) == member.Method
            && Agrees(packed, member.Packed, flags)
            && Agrees(length, member.Length, flags);
    }

    /// <summary>Zero before a descriptor: it was not known yet.</summary>
    private static bool Agrees(ulong local, ulong size, ushort flags) => local == size || (local == 0 && HasDescriptor(flags));
}
