using System.Buffers.Binary;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Compound;

/// <summary>Which sector follows which (MS-CFB 2.3): read piece by piece from the content that holds the table.</summary>
/// <param name="table">The table's own bytes.</param>
/// <param name="sectors">The content whose sectors it links.</param>
/// <param name="firstAt">Where sector 0 begins there.</param>
/// <param name="sectorLength">In bytes.</param>
internal sealed class SectorTable(IContentReader table, IContentReader sectors, long firstAt, int sectorLength)
{
    private const int PieceLength = 4096;

    /// <summary>Of all chains together: 2 GB in pieces of one sector each would be four million.</summary>
    private const int MostRuns = 200_000;

    private readonly byte[] _piece = new byte[PieceLength];
    private readonly long _count = (sectors.Length / sectorLength) + 1;
    private long _pieceAt = -1;
    private long _steps;
    private int _runs;

    /// <summary>Follows a chain.</summary>
    /// <param name="first">Its first sector.</param>
    /// <param name="length">The stream's bytes; null: as far as the chain goes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null: it leads nowhere, in circles, or to too many pieces.</returns>
    public async ValueTask<SectorChain?> FollowAsync(uint first, long? length, CancellationToken cancellationToken)
    {
        var chain = new SectorChain(sectors);
        for (var sector = first; sector < CompoundFormat.LastSector && (length is null || chain.Length < length);)
        {
            // No sector belongs to two streams, and tables are read once more: twice all sectors is more than any file takes.
            var at = firstAt + ((long)sector * sectorLength);
            if (++_steps > 2 * _count || chain.Runs + _runs > MostRuns || at >= sectors.Length)
            {
                return null;
            }

            chain.Add(at, sectorLength);
            if (await NextAsync(sector, cancellationToken).ConfigureAwait(false) is not { } next)
            {
                return null;
            }

            sector = next;
        }

        _runs += chain.Runs;
        if (length is { } bytes)
        {
            if (chain.Length < bytes)
            {
                return null;
            }

            chain.CutTo(bytes);
        }

        return chain;
    }

    private async ValueTask<uint?> NextAsync(uint sector, CancellationToken cancellationToken)
    {
        var at = (long)sector * sizeof(uint);
        var pieceAt = at - (at % PieceLength);
        if (pieceAt != _pieceAt)
        {
            Array.Clear(_piece);
            await table.FillAsync(pieceAt, _piece, cancellationToken).ConfigureAwait(false);
            _pieceAt = pieceAt;
        }

        return at + sizeof(uint) > table.Length ? null : BinaryPrimitives.ReadUInt32LittleEndian(_piece.AsSpan((int)(at - pieceAt)));
    }
}
