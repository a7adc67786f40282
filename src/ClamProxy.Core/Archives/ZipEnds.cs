using System.Buffers;
using System.Buffers.Binary;
using ClamProxy.Core.Files;
using static ClamProxy.Core.Archives.ZipFormat;

namespace ClamProxy.Core.Archives;

/// <summary>Finds every end of a zip that some reader could go by: in the last 64 KiB, with anything behind it, and both ways of counting
/// its offsets.</summary>
internal sealed class ZipEnds(IContentReader content)
{
    /// <summary>More than this is nobody's archive.</summary>
    private const int Most = 64;

    private readonly List<ZipEnd> _found = [];
    private long _lastEndsAt;

    /// <returns>Those whose directory begins as one does; the last in the file first.</returns>
    public async Task<IReadOnlyList<ZipEnd>> FindAsync(CancellationToken cancellationToken)
    {
        var tail = ArrayPool<byte>.Shared.Rent(EndLength + LongestComment);
        try
        {
            var tailAt = Math.Max(0, content.Length - (EndLength + LongestComment));
            var length = await content.FillAsync(tailAt, tail.AsMemory(0, (int)(content.Length - tailAt)), cancellationToken);
            var last = LastMark(tail, length - EndLength);
            _lastEndsAt = tailAt + last + EndLength;
            for (var at = last; at >= 0; at = LastMark(tail, at - 1))
            {
                await AddAsync(ZipEndRecord.Parse(tail.AsSpan(at, EndLength), tailAt + at), cancellationToken);
            }

            return _found;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(tail);
        }
    }

    /// <returns>Where the last end's mark begins that begins there or before; negative if none does.</returns>
    private static int LastMark(byte[] tail, int atMost)
    {
        Span<byte> mark = stackalloc byte[MarkLength];
        BinaryPrimitives.WriteUInt32LittleEndian(mark, EndMark);
        return atMost < 0 ? -1 : tail.AsSpan(0, atMost + MarkLength).LastIndexOf(mark);
    }

    private async Task AddAsync(ZipEndRecord end, CancellationToken cancellationToken)
    {
        var locator = new byte[Locator64Length];
        var isLong = await content.FillAsync(end.At - Locator64Length, locator, cancellationToken) == Locator64Length
            && BinaryPrimitives.ReadUInt32LittleEndian(locator) == Locator64Mark;
        await AddReadingsAsync(end, cancellationToken);
        if (!isLong) return;
        // Some readers go by the locator, some look right in front of it.
        var named = BinaryPrimitives.ReadUInt64LittleEndian(locator.AsSpan(8));
        await AddLongAsync(end.At - Locator64Length - End64Length, end.EndsAt, cancellationToken);
        if (named < (ulong)content.Length) await AddLongAsync((long)named, end.EndsAt, cancellationToken);
    }

    private async Task AddLongAsync(long at, long endsAt, CancellationToken cancellationToken)
    {
        var end = new byte[End64Length];
        if (await content.FillAsync(at, end, cancellationToken) < End64Length) return;
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) == End64Mark) await AddReadingsAsync(ZipEndRecord.ParseLong(end, at, endsAt), cancellationToken);
    }

    private async Task AddReadingsAsync(ZipEndRecord end, CancellationToken cancellationToken)
    {
        if (end.Length > (ulong)end.At) return;
        var directoryAt = end.At - (long)end.Length;
        if (end.Offset > (ulong)directoryAt)
        {
            // Python's reader takes an offset that is too large for a file whose front was cut off, and opens it.
            if (end.Length > 0 && await IsMemberAsync(directoryAt, cancellationToken)) throw ZipDirectory.Broken("its directory is not where its end says");
            return;
        }

        // Right in front of the end, whatever precedes the archive; or counted from the file's first byte.
        var start = directoryAt - (long)end.Offset;
        await AddAsync(end, start, cancellationToken);
        if (start > 0) await AddAsync(end, 0, cancellationToken);
    }

    private Task AddAsync(ZipEndRecord end, long start, CancellationToken cancellationToken) =>
        AddAsync(new ZipEnd(start, start + (long)end.Offset, (long)end.Length, end.Members, end.IsLong, end.EndsAt, end.EndsAt == _lastEndsAt), cancellationToken);

    private async Task AddAsync(ZipEnd end, CancellationToken cancellationToken)
    {
        if (_found.Contains(end)) return;
        if (end.DirectoryLength > 0 || end.Members > 0)
        {
            if (!await IsMemberAsync(end.DirectoryAt, cancellationToken)) return;
        }
        else if (end.Start != 0 || end.DirectoryAt != 0)
        {
            // An empty archive behind something else, or in front of nothing: there is nothing in it.
            return;
        }

        _found.Add(end);
        if (_found.Count > Most) throw new ArchiveTroubleException(ArchiveTrouble.Contradictory, $"It is a zip with more than {Most} ends.");
    }

    private async Task<bool> IsMemberAsync(long at, CancellationToken cancellationToken)
    {
        var mark = new byte[MarkLength];
        return await content.FillAsync(at, mark, cancellationToken) == MarkLength && BinaryPrimitives.ReadUInt32LittleEndian(mark) == MemberMark;
    }
}
