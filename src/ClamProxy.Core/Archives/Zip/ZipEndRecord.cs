using System.Buffers.Binary;
using static ClamProxy.Core.Archives.Zip.ZipFormat;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>What stands in a zip's end.</summary>
/// <param name="At">Where it begins in the file.</param>
/// <param name="Offset">Where the directory begins, counted from the archive's start.</param>
/// <param name="Length">The directory's bytes.</param>
/// <param name="Members">How many members it announces.</param>
internal readonly record struct ZipEndRecord(long At, ulong Offset, ulong Length, ulong Members)
{
    /// <summary>Where the file goes on behind it.</summary>
    public long EndsAt => At + EndLength;

    /// <summary>Whether there is room for the directory in front of it.</summary>
    public bool AddsUp => Length <= (ulong)At && Offset <= (ulong)At - Length;

    /// <summary>Whether its numbers of disks are those of an archive on one, and it counts its members twice alike.</summary>
    public bool IsOfOneDisk { get; private init; }

    /// <summary>The comment that it announces, in bytes.</summary>
    public ushort CommentLength { get; private init; }

    public static ZipEndRecord Parse(ReadOnlySpan<byte> end, long at) => new(
        at,
        BinaryPrimitives.ReadUInt32LittleEndian(end[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(end[12..]),
        BinaryPrimitives.ReadUInt16LittleEndian(end[10..]))
    {
        CommentLength = BinaryPrimitives.ReadUInt16LittleEndian(end[20..]),
        IsOfOneDisk = BinaryPrimitives.ReadUInt32LittleEndian(end[4..]) == 0 && end[8..10].SequenceEqual(end[10..12]),
    };
}
