using System.Buffers.Binary;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>The extra field with the numbers that do not fit into 32 bits.</summary>
internal static class ZipWide
{
    /// <returns>What the field holds; nothing where there is none.</returns>
    public static ReadOnlySpan<byte> Fields(ReadOnlySpan<byte> extra)
    {
        const int HeadLength = 4;
        while (extra.Length >= HeadLength)
        {
            var id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            var data = extra[HeadLength..];
            if (length > data.Length)
            {
                break;
            }

            if (id == ZipFormat.Extra64)
            {
                return data[..length];
            }

            extra = data[length..];
        }

        return [];
    }

    /// <summary>Whether there is more than one such field: readers differ in which they take.</summary>
    public static bool IsDouble(ReadOnlySpan<byte> extra)
    {
        var first = Fields(extra);
        return !first.IsEmpty && extra.Overlaps(first, out var at) && !Fields(extra[(at + first.Length)..]).IsEmpty;
    }

    /// <summary>The next number of the field, if this one did not fit.</summary>
    public static ulong Widen(ulong value, ref ReadOnlySpan<byte> fields)
    {
        if (value != uint.MaxValue || fields.Length < sizeof(ulong))
        {
            return value;
        }

        var wide = BinaryPrimitives.ReadUInt64LittleEndian(fields);
        fields = fields[sizeof(ulong)..];
        return wide;
    }
}
