using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;
using static ClamProxy.Core.Archives.Zip.ZipFormat;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>Reads a zip's directory piece by piece: memory does not grow with it.</summary>
internal static class ZipDirectory
{
    /// <summary>Longer than the longest member's header: 46 bytes, name, extra fields and comment.</summary>
    private const int BufferLength = 256 * 1024;

    /// <exception cref="ArchiveTroubleException">It is no directory, or not of as many members as its end announces.</exception>
    public static async IAsyncEnumerable<ZipMember> ReadAsync(
        IContentReader content, ZipEnd end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(BufferLength, end.DirectoryLength)];
        ulong count = 0;
        for (long at = 0; at < end.DirectoryLength;)
        {
            var wanted = (int)Math.Min(buffer.Length, end.DirectoryLength - at);
            var filled = await content.FillAsync(end.DirectoryAt + at, buffer.AsMemory(0, wanted), cancellationToken).ConfigureAwait(false);
            var used = 0;
            while (LengthOf(buffer.AsSpan(used, filled - used)) is { } length && length <= filled - used)
            {
                yield return Member(buffer.AsSpan(used, length), end.DirectoryAt + at + used);
                used += length;
                count++;
            }

            if (used == 0)
            {
                throw Broken("its directory ends in the middle of a member");
            }

            at += used;
        }

        // Some readers go on for as long as there are entries.
        if (count > 0
            && await content.FillAsync(
                end.DirectoryAt + end.DirectoryLength,
                buffer.AsMemory(0, MarkLength),
                cancellationToken).ConfigureAwait(false) == MarkLength
            && BinaryPrimitives.ReadUInt32LittleEndian(buffer) == MemberMark)
        {
            throw Broken("its directory continues after its end");
        }

        if (end.Wide is null ? count % (ushort.MaxValue + 1) != end.Members : count != end.Members)
        {
            throw Broken("its directory does not hold as many members as its end announces");
        }
    }

    public static ArchiveTroubleException Broken(string what) => new(ArchiveTrouble.Contradictory, $"It is a broken zip: {what}.");

    private static int? LengthOf(ReadOnlySpan<byte> header)
    {
        if (header.Length < MemberLength)
        {
            return null;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != MemberMark)
        {
            throw Broken("its directory holds something else");
        }

        return MemberLength + NameLength(header) + ExtraLength(header) + BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
    }

    private static ZipMember Member(ReadOnlySpan<byte> header, long at) =>
        ZipMember.Parse(header, header.Slice(MemberLength + NameLength(header), ExtraLength(header)), at);

    private static int NameLength(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);

    private static int ExtraLength(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt16LittleEndian(header[30..]);
}
