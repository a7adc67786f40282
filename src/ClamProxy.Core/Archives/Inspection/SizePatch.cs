using System.Buffers.Binary;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>What a member's own header has to say for a scanner that does not read sizes of 64 bits.</summary>
/// <param name="At">Where the header's two sizes are in the content.</param>
/// <param name="Packed">The member's bytes in the file, as the directory has it.</param>
/// <param name="Length">The member's bytes once unpacked.</param>
internal readonly record struct SizePatch(long At, uint Packed, uint Length)
{
    public const int Bytes = 2 * sizeof(uint);

    /// <summary>Writes as much of it as falls into these bytes of the content.</summary>
    public void ApplyTo(Span<byte> bytes, long at)
    {
        Span<byte> sizes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt32LittleEndian(sizes, Packed);
        BinaryPrimitives.WriteUInt32LittleEndian(sizes[sizeof(uint)..], Length);
        var from = Math.Max(At, at);
        var to = Math.Min(At + Bytes, at + bytes.Length);
        if (from < to)
        {
            sizes[(int)(from - At)..(int)(to - At)].CopyTo(bytes[(int)(from - at)..]);
        }
    }
}
