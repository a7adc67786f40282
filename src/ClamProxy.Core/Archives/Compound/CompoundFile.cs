using System.Buffers.Binary;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;
using static ClamProxy.Core.Archives.Compound.CompoundFormat;

namespace ClamProxy.Core.Archives.Compound;

/// <summary>
/// Reads the streams of a compound file (MS-CFB): their sectors may lie anywhere in it, so that an archive in one is none in the file's
/// own bytes.
/// </summary>
internal static class CompoundFile
{
    /// <summary>More than this is nobody's document.</summary>
    private const int MostStreams = 100_000;

    private const int HeaderTableSectors = 109;

    /// <summary>Whether something begins as one.</summary>
    public static bool IsCompound(ReadOnlySpan<byte> head) => head.StartsWith(Mark);

    /// <returns>Its streams; null: it is none, or it is broken.</returns>
    public static async Task<IReadOnlyList<SectorChain>?> StreamsAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        if (await content.FillAsync(0, header, cancellationToken).ConfigureAwait(false) < HeaderLength
            || !IsCompound(header)
            || header[30] is not (9 or 12)
            || header[32] != 6)
        {
            return null;
        }

        var sectorLength = 1 << header[30];
        if (await TableAsync(content, header, sectorLength, cancellationToken).ConfigureAwait(false) is not { } fat)
        {
            return null;
        }

        var table = new SectorTable(fat, content, sectorLength, sectorLength);
        var smallTable = await table.FollowAsync(Number(header, 60), null, cancellationToken).ConfigureAwait(false);
        var directory = await table.FollowAsync(Number(header, 48), null, cancellationToken).ConfigureAwait(false);
        return directory is null || smallTable is null || directory.Length / EntryLength > MostStreams
            ? null
            : await StreamsAsync(directory, table, smallTable, Number(header, 56), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<SectorChain>?> StreamsAsync(
        SectorChain directory, SectorTable table, SectorChain smallTable, uint leastLarge, CancellationToken cancellationToken)
    {
        const int SmallSectorLength = 64;
        List<SectorChain> streams = [];
        SectorTable? smallSectors = null;
        var entry = new byte[EntryLength];
        for (long at = 0; at < directory.Length; at += EntryLength)
        {
            await directory.FillAsync(at, entry, cancellationToken).ConfigureAwait(false);
            var length = Number(entry, 120);
            if (entry[66] is not (StreamType or RootType) || length == 0)
            {
                continue;
            }

            var isSmall = entry[66] == StreamType && length < leastLarge;
            var chain = (isSmall ? smallSectors : table) is { } sectors
                ? await sectors.FollowAsync(Number(entry, 116), length, cancellationToken).ConfigureAwait(false)
                : null;
            if (chain is null)
            {
                return null;
            }

            if (entry[66] == RootType)
            {
                smallSectors = new SectorTable(smallTable, chain, 0, SmallSectorLength);
            }
            else
            {
                streams.Add(chain);
            }
        }

        return streams;
    }

    /// <summary>The table of sectors: 109 of its own sectors are named in the header, others in a chain of lists.</summary>
    private static async Task<SectorChain?> TableAsync(
        IContentReader content, byte[] header, int sectorLength, CancellationToken cancellationToken)
    {
        var fat = new SectorChain(content);
        var most = (content.Length / sectorLength) + 1;
        var named = header.AsMemory(76, HeaderTableSectors * sizeof(uint));
        var list = new byte[sectorLength];
        for (var (next, steps) = (Number(header, 68), 0L); ; steps++)
        {
            for (var at = 0; at < named.Length; at += sizeof(uint))
            {
                if (Number(named.Span, at) is < LastSector and var sector)
                {
                    fat.Add((sector + 1L) * sectorLength, sectorLength);
                }
            }

            if (next >= LastSector)
            {
                return fat;
            }

            if (steps > most
                || fat.Length > content.Length
                || await content.FillAsync((next + 1L) * sectorLength, list, cancellationToken).ConfigureAwait(false) < sectorLength)
            {
                return null;
            }

            named = list.AsMemory(0, sectorLength - sizeof(uint));
            next = Number(list, sectorLength - sizeof(uint));
        }
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
