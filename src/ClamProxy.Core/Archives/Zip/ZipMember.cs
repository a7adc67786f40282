using System.Buffers.Binary;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>One member as a zip's directory has it.</summary>
/// <param name="Flags">Its general-purpose bits.</param>
/// <param name="Method">Its compression.</param>
/// <param name="Packed">Its bytes in the file.</param>
/// <param name="Length">Its bytes once unpacked.</param>
/// <param name="LocalAt">Where its own header is, counted from the archive's start.</param>
/// <param name="IsWide">One of the last three did not fit into 32 bits, or so it says.</param>
internal readonly record struct ZipMember(ushort Flags, ushort Method, ulong Packed, ulong Length, ulong LocalAt, bool IsWide)
{
    /// <param name="header">The fixed part.</param>
    /// <param name="extra">Its extra fields.</param>
    public static ZipMember Parse(ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra)
    {
        ulong length = BinaryPrimitives.ReadUInt32LittleEndian(header[24..]);
        ulong packed = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        ulong localAt = BinaryPrimitives.ReadUInt32LittleEndian(header[42..]);
        var isWide = length == uint.MaxValue || packed == uint.MaxValue || localAt == uint.MaxValue;
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
            isWide);
    }
}
