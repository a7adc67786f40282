using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;
using static ClamProxy.Core.Archives.Zip.ZipFormat;

namespace ClamProxy.Core.Archives.Zip;

/// <summary>Finds every end of a zip that some reader could go by: in the last 96 KiB, with anything behind it, and both ways of counting
/// its offsets. One that does not add up, and that somebody opens all the same, is refused: the scanner may find nothing there.</summary>
internal sealed class ZipEnds(IContentReader content)
{
    /// <summary>More than this is nobody's archive.</summary>
    private const int Most = 64;

    private readonly List<ZipEnd> _found = [];
    private long _lastEndsAt;

    /// <summary>From here to the end that was looked at last there is no directory: no byte is searched twice.</summary>
    private long _withoutEntriesFrom = content.Length;

    /// <param name="isInMember">Whether a place of the file lies in a member of an archive that was found before: that member is looked
    /// into.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Those whose directory begins as one does; the last in the file first.</returns>
    public async IAsyncEnumerable<ZipEnd> FindAsync(
        Predicate<long> isInMember, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tail = ArrayPool<byte>.Shared.Rent(FarthestEnd);
        try
        {
            var tailAt = Math.Max(0, content.Length - FarthestEnd);
            var length = await content.FillAsync(
                tailAt, tail.AsMemory(0, (int)(content.Length - tailAt)), cancellationToken).ConfigureAwait(false);
            var last = LastMark(tail, length - EndLength);
            _lastEndsAt = tailAt + last + EndLength;
            for (var at = last; at >= 0; at = LastMark(tail, at - 1))
            {
                if (isInMember(tailAt + at))
                {
                    continue;
                }

                var known = _found.Count;
                await AddAsync(ZipEndRecord.Parse(tail.AsSpan(at, EndLength), tailAt + at), cancellationToken).ConfigureAwait(false);
                for (; known < _found.Count; known++)
                {
                    yield return _found[known];
                }
            }
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
        if (await ZipLongEnd.FindAsync(content, end, cancellationToken).ConfigureAwait(false) is { } wide)
        {
            await AddLongAsync(end, wide, cancellationToken).ConfigureAwait(false);
            return;
        }

        await AddReadingsAsync(end, cancellationToken).ConfigureAwait(false);
        await RefuseElsewhereAsync(end, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Readers that do not know ends of 64 bits count from the end of 32 bits, and take the two records between for something in front of
    /// the archive.
    /// </summary>
    private async Task AddLongAsync(ZipEndRecord end, ZipLongEnd wide, CancellationToken cancellationToken)
    {
        await AddAsync(
            new ZipEnd(0, wide.Offset, wide.Length, wide.Members, end.EndsAt, end.EndsAt == _lastEndsAt)
            {
                Wide = wide.PatchFor(end.At),
                IsForAll = IsForAll(end),
            },
            cancellationToken).ConfigureAwait(false);
        if (await IsMemberAsync((ulong)wide.Offset + Locator64Length + End64Length, cancellationToken).ConfigureAwait(false))
        {
            throw Elsewhere();
        }
    }

    private async Task AddReadingsAsync(ZipEndRecord end, CancellationToken cancellationToken)
    {
        if (!end.AddsUp)
        {
            // Many readers go by the offset alone. Python's takes one that is too large for a file whose front was cut off.
            if (await IsMemberAsync(end.Offset, cancellationToken).ConfigureAwait(false)
                || await IsMemberAsync((ulong)end.At - end.Length, cancellationToken).ConfigureAwait(false))
            {
                throw Elsewhere();
            }

            return;
        }

        // Right in front of the end, whatever precedes the archive; or counted from the file's first byte.
        var start = end.At - (long)end.Length - (long)end.Offset;
        await AddAsync(end, start, cancellationToken).ConfigureAwait(false);
        if (start > 0)
        {
            await AddAsync(end, 0, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task AddAsync(ZipEndRecord end, long start, CancellationToken cancellationToken) =>
        AddAsync(
            new ZipEnd(start, start + (long)end.Offset, (long)end.Length, end.Members, end.EndsAt, end.EndsAt == _lastEndsAt)
            {
                IsForAll = IsForAll(end),
            },
            cancellationToken);

    private bool IsForAll(ZipEndRecord end) => end.EndsAt == content.Length && end.CommentLength == 0;

    private async Task AddAsync(ZipEnd end, CancellationToken cancellationToken)
    {
        if (_found.Contains(end))
        {
            return;
        }

        if (end.DirectoryLength > 0 || end.Members > 0)
        {
            if (!await IsMemberAsync((ulong)end.DirectoryAt, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
        else if (end.Start != 0 || end.DirectoryAt != 0)
        {
            // An empty archive behind something else, or in front of nothing: there is nothing in it, but for those who go by the offset
            // alone.
            if (await IsMemberAsync((ulong)end.DirectoryAt, cancellationToken).ConfigureAwait(false))
            {
                throw Elsewhere();
            }

            return;
        }

        _found.Add(end);
        if (_found.Count > Most)
        {
            throw new ArchiveTroubleException(ArchiveTrouble.Contradictory, $"It is a zip with more than {Most} ends.");
        }
    }

    /// <summary>bsdtar looks for a directory from where the length says, and counts from the first member it finds.</summary>
    private async Task RefuseElsewhereAsync(ZipEndRecord end, CancellationToken cancellationToken)
    {
        if (!end.AddsUp || !end.IsOfOneDisk || end.Length == 0)
        {
            return;
        }

        var directoryAt = end.At - (long)end.Length;
        if (await IsMemberAsync((ulong)directoryAt, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        if (
            await MarkSearch.HoldsEntryAsync(
                content, directoryAt, Math.Min(end.At, _withoutEntriesFrom + MarkLength), cancellationToken).ConfigureAwait(false))
        {
            throw Elsewhere();
        }

        _withoutEntriesFrom = Math.Min(_withoutEntriesFrom, directoryAt);
    }

    private static ArchiveTroubleException Elsewhere() => ZipDirectory.Broken("its directory is not where its end says");

    private Task<bool> IsMemberAsync(ulong at, CancellationToken cancellationToken) => IsAsync(MemberMark, at, cancellationToken);

    private async Task<bool> IsAsync(uint wanted, ulong at, CancellationToken cancellationToken)
    {
        if (at > (ulong)content.Length)
        {
            return false;
        }

        var mark = new byte[MarkLength];
        return await content.FillAsync((long)at, mark, cancellationToken).ConfigureAwait(false) == MarkLength
            && BinaryPrimitives.ReadUInt32LittleEndian(mark) == wanted;
    }
}
