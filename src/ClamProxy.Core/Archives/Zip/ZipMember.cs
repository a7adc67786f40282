using System.Buffers.Binary;
using ClamProxy.Core.Archives.Inspection;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>One member as a zip's directory has it.</summary>
/// <param name="Flags">Its general-purpose bits.</param>
/// <param name="Method">Its compression.</param>
/// <param name="Packed">Its bytes in the file.</param>
/// <param name="Length">Its bytes once unpacked.</param>
/// <param name="LocalAt">Where its own header is, counted from the archive's start.</param>
/// <param name="Patch">Where its entry's sizes have to be rewritten for a scanner that reads 32 bits; null: nowhere.</param>
internal readonly record struct ZipMember(ushort Flags, ushort Method, ulong Packed, ulong Length, ulong LocalAt, SizePatch? Patch)
{
    private const int SizesAt = 20;

    /// <summary>One of its sizes or its place needs 64 bits.</summary>
    public bool NeedsWide { get; private init; }

    /// <param name="header">The fixed part.</param>
    /// <param name="extra">Its extra fields.</param>
    /// <param name="at">Where its entry is in the file.</param>
    public static ZipMember Parse(ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra, long at)
    {
        ulong length = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        ulong packed = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        ulong localAt = BinaryPrimitives.ReadUInt32LittleEndian(header[42..]);
        var isWide = length == uint.MaxValue || packed == uint.MaxValue;
        var isFar = localAt == uint.MaxValue;
        var longs = ZipWide.Fields(extra);
        // In this order, and only those that did not fit.
        length = ZipWide.Widen(length, ref longs);
        packed = ZipWide.Widen(packed, ref longs);
        localAt = ZipWide.Widen(localAt, ref longs);
        return new ZipMember(
            BinaryPrimitives.ReadUInt16LittleEndian(header[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(header[10..]),
            packed,
            length,
            localAt,
            isWide ? new SizePatch(at + SizesAt, (uint)packed, (uint)length) : null)
        {
            NeedsWide = isFar || length >= uint.MaxValue || packed >= uint.MaxValue || ZipWide.IsDouble(extra),
        };
    }
}
