using System.Buffers.Binary;
using static ClamProxy.Core.Archives.ZipFormat;

namespace ClamProxy.Core.Archives;

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
        var longs = LongFields(extra);
        // In this order, and only those that did not fit.
        length = Widen(length, ref longs);
        packed = Widen(packed, ref longs);
        localAt = Widen(localAt, ref longs);
        return new ZipMember(
            BinaryPrimitives.ReadUInt16LittleEndian(header[8..]), BinaryPrimitives.ReadUInt16LittleEndian(header[10..]), packed, length, localAt, isWide);
    }

    private static ulong Widen(ulong value, ref ReadOnlySpan<byte> longs)
    {
        if (value != uint.MaxValue || longs.Length < sizeof(ulong)) return value;
        var wide = BinaryPrimitives.ReadUInt64LittleEndian(longs);
        longs = longs[sizeof(ulong)..];
        return wide;
    }

    private static ReadOnlySpan<byte> LongFields(ReadOnlySpan<byte> extra)
    {
        const int HeadLength = 4;
        while (extra.Length >= HeadLength)
        {
            var id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            var data = extra[HeadLength..];
            if (length > data.Length) break;
            if (id == Extra64) return data[..length];
            extra = data[length..];
        }

        return [];
    }
}
