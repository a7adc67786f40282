using ClamProxy.Core.Archives.Inspection;

using static ClamProxy.Core.Archives.Tar.TarFormat;
using static ClamProxy.Core.Archives.Tar.TarTrouble;

namespace ClamProxy.Core.Archives.Tar;

/// <summary>
/// Reads a tar from its first byte to its end, as it is or out of a gzip, and refuses what clamd 1.4 reads otherwise than those who unpack
/// it.
/// </summary>
/// <param name="most">The most bytes it may come to.</param>
/// <param name="tally">Takes note of files in it that are two kinds of archive.</param>
internal sealed class TarInspector(Stream stream, long most, InspectionTally tally)
{
    private const int BufferLength = 128 * 1024;
    private const int LongestFields = 1 << 20;

    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly MemberEdges _edges = new();
    private readonly List<TarMember> _members = [];
    private long _at;
    private long? _fieldsSize;
    private bool _isFieldsFolder;
    private bool _isMarked;

    /// <summary>How it has to be scanned once more, for the scanner to open it for certain; null: not at all.</summary>
    public PrefixedContent? Front { get; private set; }

    /// <summary>All of its bytes.</summary>
    public long Length => _at;

    /// <returns>Its files that may have directories; of something else than a tar all of it, if it may.</returns>
    /// <exception cref="ArchiveTroubleException">The scanner reads it otherwise than others do.</exception>
    public async Task<IReadOnlyList<TarMember>> RunAsync(CancellationToken cancellationToken)
    {
        var block = new byte[BlockLength];
        var filled = await FillAsync(block, cancellationToken).ConfigureAwait(false);
        PolyglotCheck.Refuse(block.AsSpan(0, filled));
        if (!TarHeader.IsTar(block.AsSpan(0, filled)))
        {
            _edges.Clear();
            _edges.Add(block.AsSpan(0, filled));
            await ReadAsync(long.MaxValue, cancellationToken).ConfigureAwait(false);
            if (_edges.HidesTar)
            {
                throw BeginsOtherwise();
            }

            Add(0, MemberPlace.Layer);
            if (SkippedTypes.Begins(_edges.Head))
            {
                Front = PrefixedContent.Text();
            }

            return _members;
        }

        _isMarked = TarHeader.IsMarked(block);
        if (!_isMarked || TarBeginning.MayBeSomethingElse(block))
        {
            Front = PrefixedContent.Tar(_isMarked);
        }

        for (var zeros = 0; filled == block.Length; filled = await FillAsync(block, cancellationToken).ConfigureAwait(false))
        {
            var header = TarHeader.Parse(block);
            if (_at == 2 * BlockLength && block.AsSpan().StartsWith(TarBeginning.PartitionMark))
            {
                Front ??= PrefixedContent.Tar(_isMarked);
            }

            if (zeros >= 2 && header is not null)
            {
                throw Broken("another tar follows its end");
            }

            if (zeros >= 2)
            {
                continue;
            }

            if (block.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            {
                zeros++;
            }
            else if (zeros > 0 || header is not { } next)
            {
                throw Broken("something lies between its members");
            }
            else if (TarHeader.IsMarked(block) != _isMarked)
            {
                throw Broken("its headers are of two kinds");
            }
            else
            {
                await ReadMemberAsync(next, cancellationToken).ConfigureAwait(false);
            }
        }

        return _members;
    }

    private async Task ReadMemberAsync(TarHeader header, CancellationToken cancellationToken)
    {
        if (header.Size is not { } size || size < 0)
        {
            throw Broken("a size is not written in digits");
        }

        if (size > int.MaxValue)
        {
            throw Broken("a member is larger than the scanner can count");
        }

        if (header.HasOddSum)
        {
            throw Broken("a sum is not written as the scanner reads it");
        }

        if (header.HasNoName)
        {
            throw Broken("a name is empty");
        }

        if (size == 0 && !header.MayBeEmpty)
        {
            throw Broken("a header for the next member is empty");
        }

        if (header.Type == 'S')
        {
            throw Sparse();
        }

        if (header.HasNoData && size > 0)
        {
            throw Broken("a link or folder has a size");
        }

        if (!header.IsFile && !header.HasNoData && !header.IsPax && !header.IsName && header.Type != 'D' && size > 0)
        {
            throw Broken("a member's type is not known");
        }

        if (header.IsPax)
        {
            await ReadFieldsAsync(header, size, cancellationToken).ConfigureAwait(false);
        }
        else if (_fieldsSize is { } other && other != size)
        {
            throw Broken("a member has two sizes");
        }
        else if (header.IsName)
        {
            await ReadNameAsync(header, size, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await ReadDataAsync(header, size, cancellationToken).ConfigureAwait(false);
        }

        var padding = (int)(-size & (BlockLength - 1));
        await FillAsync(_buffer.AsMemory(0, padding), cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadFieldsAsync(TarHeader header, long size, CancellationToken cancellationToken)
    {
        var (inFields, isFolders) = TarFields.Read(await ReadNoteAsync(size, cancellationToken).ConfigureAwait(false));
        if (inFields is not null && header.Type == 'g')
        {
            throw Broken("a size stands for all members");
        }

        _fieldsSize = inFields ?? _fieldsSize;
        _isFieldsFolder |= isFolders;
    }

    /// <summary>Some cut it off at a zero byte, some do not.</summary>
    private async Task ReadNameAsync(TarHeader header, long size, CancellationToken cancellationToken)
    {
        var name = (await ReadNoteAsync(size, cancellationToken).ConfigureAwait(false)).AsSpan().TrimEnd((byte)0);
        if (name.IsEmpty || name.Contains((byte)0))
        {
            throw Broken("a long name is empty or continues after its end");
        }

        if (header.Type == 'L')
        {
            _isFieldsFolder |= name.EndsWith("/"u8);
        }
    }

    private async Task<byte[]> ReadNoteAsync(long size, CancellationToken cancellationToken)
    {
        if (size > LongestFields)
        {
            throw Broken("its fields are too long");
        }

        var note = new byte[size];
        return await FillAsync(note, cancellationToken).ConfigureAwait(false) == size
            ? note
            : throw Broken("it ends in the middle of a member");
    }

    private async Task ReadDataAsync(TarHeader header, long size, CancellationToken cancellationToken)
    {
        if (header.IsFile && size > 0 && (header.LooksLikeNoFile || _isFieldsFolder))
        {
            throw Broken("a file looks like a folder or link");
        }

        (_fieldsSize, _isFieldsFolder) = (null, false);
        var at = _at;
        _edges.Clear();
        await ReadAsync(size, cancellationToken).ConfigureAwait(false);
        if (_edges.HidesHeader)
        {
            throw Broken("a member's data hold headers");
        }

        if (at == BlockLength && _edges.Head.StartsWith(TarBeginning.PartitionMark))
        {
            Front ??= PrefixedContent.Tar(_isMarked);
        }

        Add(at, MemberPlace.File);
    }

    private void Add(long at, MemberPlace place)
    {
        if (PolyglotCheck.Find(_edges.Head) is { } twoKinds)
        {
            if (place is MemberPlace.Layer)
            {
                throw twoKinds;
            }

            tally.Note(twoKinds);
        }

        if (_edges.Kind is not MemberKind.Other and var kind)
        {
            _members.Add(new TarMember(at, _edges.Length, kind, place));
        }
    }

    private async Task ReadAsync(long length, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            var read = await FillAsync(_buffer.AsMemory(0, (int)Math.Min(length, _buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            _edges.Add(_buffer.AsSpan(0, read));
            length -= read;
        }
    }

    /// <returns>Less than asked for at the end, and where a gzip breaks off: those who unpack it have what was before.</returns>
    private async ValueTask<int> FillAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < into.Length && await stream.ReadAsync(into[filled..], cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            filled += read;
        }

        _at += filled;
        return _at <= most ? filled : throw ArchiveTroubleException.TooLarge("What it unpacks to is", (ulong)_at, most);
    }
}
