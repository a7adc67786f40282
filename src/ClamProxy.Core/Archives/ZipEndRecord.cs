using System.Buffers.Binary;
using static ClamProxy.Core.Archives.ZipFormat;

namespace ClamProxy.Core.Archives;

/// <summary>What stands in a zip's end, of 32 bits or of 64.</summary>
/// <param name="At">Where it begins in the file.</param>
/// <param name="Offset">Where the directory begins, counted from the archive's start.</param>
/// <param name="Length">The directory's bytes.</param>
/// <param name="Members">How many members it announces.</param>
/// <param name="IsLong">It is an end of 64 bits.</param>
/// <param name="EndsAt">Where the file goes on behind it; of one of 64 bits, behind that of 32 bits that follows it.</param>
internal readonly record struct ZipEndRecord(long At, ulong Offset, ulong Length, ulong Members, bool IsLong, long EndsAt)
{
    public static ZipEndRecord Parse(ReadOnlySpan<byte> end, long at) => new(
        at,
        BinaryPrimitives.ReadUInt32LittleEndian(end[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(end[12..]),
        BinaryPrimitives.ReadUInt16LittleEndian(end[10..]),
        IsLong: false,
        at + EndLength);

    public static ZipEndRecord ParseLong(ReadOnlySpan<byte> end, long at, long endsAt) => new(
        at,
        BinaryPrimitives.ReadUInt64LittleEndian(end[48..]),
        BinaryPrimitives.ReadUInt64LittleEndian(end[40..]),
        BinaryPrimitives.ReadUInt64LittleEndian(end[32..]),
        IsLong: true,
        endsAt);
}
