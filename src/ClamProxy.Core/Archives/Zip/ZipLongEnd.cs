using System.Buffers.Binary;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;
using static ClamProxy.Core.Archives.Zip.ZipFormat;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>
/// An end of 64 bits (zip64) that every reader of such ends finds and understands alike: it stands between the directory and its locator.
/// clamd 1.4 reads the end of 32 bits behind it only, which says nothing of where the directory is.
/// </summary>
/// <param name="Members">How many members it announces.</param>
/// <param name="Length">The directory's bytes.</param>
/// <param name="Offset">Where the directory begins in the file.</param>
internal readonly record struct ZipLongEnd(ulong Members, uint Length, uint Offset)
{
    /// <summary>What its size field counts: all behind that field.</summary>
    private const ulong RestLength = End64Length - 12;

    /// <param name="end">The end of 32 bits.</param>
    /// <returns>Null: there is no end of 64 bits.</returns>
    /// <exception cref="ArchiveTroubleException">There is one that the scanner cannot be helped with.</exception>
    public static async Task<ZipLongEnd?> FindAsync(IContentReader content, ZipEndRecord end, CancellationToken cancellationToken)
    {
        // Some readers go by the locator, some look right in front of it.
        var at = end.At - Locator64Length;
        var locator = new byte[Locator64Length];
        if (await content.FillAsync(at, locator, cancellationToken).ConfigureAwait(false) < Locator64Length
            || BinaryPrimitives.ReadUInt32LittleEndian(locator) != Locator64Mark)
        {
            return null;
        }

        var record = new byte[End64Length];
        var recordAt = at - End64Length;
        var isInFront = await IsRecordAsync(content, recordAt, record, cancellationToken).ConfigureAwait(false);
        var named = BinaryPrimitives.ReadUInt64LittleEndian(locator.AsSpan(8));
        if (!isInFront
            && (named > (ulong)content.Length
                || !await IsRecordAsync(content, (long)named, new byte[End64Length], cancellationToken).ConfigureAwait(false)))
        {
            return null;
        }

        var isOfOneDisk = BinaryPrimitives.ReadUInt32LittleEndian(locator.AsSpan(4)) == 0
            && BinaryPrimitives.ReadUInt32LittleEndian(locator.AsSpan(16)) == 1;
        return isInFront && named == (ulong)recordAt && isOfOneDisk && Parse(record, recordAt) is { } found && found.Agrees(end)
            ? found
            : throw ArchiveTroubleException.NotOpened("the scanner does not read zips whose directory has an end of 64 bits");
    }

    /// <summary>Where the directory is, for a scanner that reads the end of 32 bits.</summary>
    public SizePatch PatchFor(long endAt) => new(endAt + SizesInEnd, Length, Offset);

    private const int SizesInEnd = 12;

    private static async Task<bool> IsRecordAsync(IContentReader content, long at, byte[] record, CancellationToken cancellationToken) =>
        await content.FillAsync(at, record, cancellationToken).ConfigureAwait(false) >= MarkLength
            && BinaryPrimitives.ReadUInt32LittleEndian(record) == End64Mark;

    /// <returns>Null: its directory does not end where it begins itself, it has fields that we do not know, or is of many disks.</returns>
    private static ZipLongEnd? Parse(ReadOnlySpan<byte> record, long at)
    {
        var members = BinaryPrimitives.ReadUInt64LittleEndian(record[32..]);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(record[40..]);
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(record[48..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(record[4..]) == RestLength
            && BinaryPrimitives.ReadUInt64LittleEndian(record[16..]) == 0
            && BinaryPrimitives.ReadUInt64LittleEndian(record[24..]) == members
            && length < uint.MaxValue
            && offset < uint.MaxValue
            && offset + length == (ulong)at
                ? new ZipLongEnd(members, (uint)length, (uint)offset)
                : null;
    }

    /// <summary>Each number of the end of 32 bits is the same, or says that it did not fit.</summary>
    private bool Agrees(ZipEndRecord end) =>
        end.IsOfOneDisk
        && (end.Members == ushort.MaxValue || end.Members == Members)
        && (end.Length == uint.MaxValue || end.Length == Length)
        && (end.Offset == uint.MaxValue || end.Offset == Offset);
}
