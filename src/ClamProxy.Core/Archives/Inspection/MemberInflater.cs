using System.IO.Compression;
using ClamProxy.Core.Archives.Tar;
using ClamProxy.Core.Archives.Zip;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>
/// Unpacks deflated members: once through each, to see what it is and that it is as long as it says; and into memory those that have
/// directories of their own. Few files at a time may hold some there.
/// </summary>
internal sealed class MemberInflater(ArchiveOptions options, InspectionRoom room, InspectionTally tally)
{
    private const int BufferLength = 128 * 1024;

    // Most bodies have no members.
    private readonly Lazy<byte[]> _buffer = new(() => new byte[BufferLength]);
    private readonly Lazy<MemberEdges> _edges = new(() => new MemberEdges());
    private long _taken;

    /// <summary>Unpacks all of a member and throws it away.</summary>
    /// <exception cref="ArchiveTroubleException">It is not as long as it says: a scanner stops at its limit, a client may not; or another
    /// member begins where its stream ends.</exception>
    public async Task<(MemberKind Kind, bool IsPassedOver)> PassAsync(
        ContentWindow data, ZipMember member, CancellationToken cancellationToken)
    {
        var (buffer, edges) = (_buffer.Value, _edges.Value);
        edges.Clear();
        var watch = new EndWatch(data);
        var unpacked = Open(watch);
        await using var _ = unpacked.ConfigureAwait(false);
        int read;
        do
        {
            read = await unpacked.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            edges.Add(buffer.AsSpan(0, read));
        }
        while (read > 0 && (ulong)edges.Length <= member.Length);
        if ((ulong)edges.Length != member.Length)
        {
            throw WrongLength();
        }

        if (!watch.IsAtEnd && await MarkSearch.HoldsMemberAsync(data, watch.LastAt, data.Length, cancellationToken).ConfigureAwait(false))
        {
            throw ZipDirectory.Broken("another member follows the end of a member's stream");
        }

        Note(edges);
        return (edges.Kind, SkippedTypes.Begins(edges.Head));
    }

    /// <summary>What a member that is not compressed may be.</summary>
    public async Task<MemberKind> LookAsync(IContentReader data, CancellationToken cancellationToken)
    {
        var (buffer, edges) = (_buffer.Value, _edges.Value);
        edges.Clear();
        for (long at = 0; at < data.Length;)
        {
            var read = await data.FillAsync(at, buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            edges.Add(buffer.AsSpan(0, read));
            at += read;
        }

        Note(edges);
        return edges.Kind;
    }

    /// <summary>Unpacks a deflated member into memory, or as much of it as its kind needs.</summary>
    /// <returns>Null: there is no memory for it, and it is of a kind that the scanner opens by itself.</returns>
    /// <exception cref="ArchiveTroubleException">It takes more memory than is allowed.</exception>
    public async Task<ContentBytes?> InflateAsync(
        ContentWindow data, ZipMember member, MemberKind kind, CancellationToken cancellationToken)
    {
        if (LengthToKeep((long)member.Length, kind) is not { } length)
        {
            return null;
        }

        var unpacked = Open(data);
        await using var _ = unpacked.ConfigureAwait(false);
        return await KeepAsync(unpacked, length, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the next bytes of a stream into memory.</summary>
    public async Task<ContentBytes> KeepAsync(Stream unpacked, int length, CancellationToken cancellationToken)
    {
        await room.EnterAsync().ConfigureAwait(false);
        var bytes = new byte[length];
        if (await unpacked.ReadAtLeastAsync(bytes, length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < length)
        {
            throw WrongLength();
        }

        _taken += length;
        return new ContentBytes(bytes);
    }

    /// <summary>Reads on without keeping anything.</summary>
    public async Task SkipAsync(Stream unpacked, long length, CancellationToken cancellationToken)
    {
        var buffer = _buffer.Value;
        while (length > 0)
        {
            var read = await unpacked.ReadAsync(
                buffer.AsMemory(0, (int)Math.Min(length, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                throw WrongLength();
            }

            length -= read;
        }
    }

    /// <summary>
    /// How much of something has to be in memory for a look: of a cabinet what there is room for, since its list is in front.
    /// </summary>
    /// <returns>Null: it is of a kind that the scanner opens by itself, and there is no room.</returns>
    /// <exception cref="ArchiveTroubleException">It takes more than is allowed.</exception>
    public int? LengthToKeep(long length, MemberKind kind)
    {
        var left = options.MaxInflated - _taken;
        return kind switch
        {
            MemberKind.Cabinet => (int)Math.Min(length, left),
            MemberKind.Packed or MemberKind.Other => length <= left ? (int)length : null,
            MemberKind.Zip => length <= left ? (int)length : throw ArchiveTroubleException.TooMuch(
                $"zips in it take more than {options.MaxInflated} bytes to look into (ClamProxy:Archives:MaxInflated)"),
        };
    }

    /// <summary>Unpacks a deflated member as it is read.</summary>
    public static Stream Open(IContentReader data) => new DeflateStream(new ContentStream(data), CompressionMode.Decompress);

    /// <summary>What was unpacked is needed no more.</summary>
    public void LetGo(ContentBytes unpacked) => _taken -= unpacked.Length;

    private void Note(MemberEdges edges)
    {
        if (PolyglotCheck.Find(edges.Head) is { } twoKinds)
        {
            tally.Note(twoKinds);
        }

        if (edges.HidesTar)
        {
            tally.Note(TarTrouble.BeginsOtherwise());
        }
    }

    private static ArchiveTroubleException WrongLength() => ZipDirectory.Broken("a member is not as long as it says");
}
