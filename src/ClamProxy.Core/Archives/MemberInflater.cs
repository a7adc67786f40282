using System.IO.Compression;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives;

/// <summary>Unpacks deflated members: once through each, to see what it is and that it is as long as it says; and into memory those that have
/// directories of their own. Few files at a time may hold some there.</summary>
internal sealed class MemberInflater(ArchiveOptions options, LookRoom room)
{
    private const int BufferLength = 128 * 1024;

    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly MemberEdges _edges = new();
    private long _taken;

    /// <summary>Unpacks all of a member and throws it away.</summary>
    /// <exception cref="ArchiveTroubleException">It is not as long as it says: a scanner stops at its limit, a client may not; or another member begins
    /// where its stream ends.</exception>
    public async Task<MemberKind> PassAsync(ContentWindow data, ZipMember member, CancellationToken cancellationToken)
    {
        _edges.Clear();
        var watch = new EndWatch(data);
        await using var unpacked = Open(watch);
        int read;
        do
        {
            read = await unpacked.ReadAsync(_buffer, cancellationToken);
            _edges.Add(_buffer.AsSpan(0, read));
        }
        while (read > 0 && (ulong)_edges.Length <= member.Length);
        if ((ulong)_edges.Length != member.Length) throw WrongLength();
        if (!watch.IsAtEnd && await MarkSearch.HoldsMemberAsync(data, watch.LastAt, data.Length, cancellationToken))
        {
            throw ZipDirectory.Broken("another member lies behind the end of a member's stream");
        }

        TwoFormats.Refuse(_edges.Head);
        return _edges.Kind;
    }

    /// <summary>What a member that is not compressed may be.</summary>
    public async Task<MemberKind> LookAsync(ContentWindow data, CancellationToken cancellationToken)
    {
        _edges.Clear();
        for (long at = 0; at < data.Length;)
        {
            var read = await data.FillAsync(at, _buffer, cancellationToken);
            if (read == 0) break;
            _edges.Add(_buffer.AsSpan(0, read));
            at += read;
            // Only the edges count.
            at = Math.Max(at, data.Length - _buffer.Length);
        }

        TwoFormats.Refuse(_edges.Head);
        return _edges.Kind;
    }

    /// <exception cref="ArchiveTroubleException">It takes more memory than is allowed.</exception>
    public Task<ContentBytes> InflateAsync(ContentWindow data, ZipMember member, CancellationToken cancellationToken)
    {
        if (member.Length > (ulong)(options.MaxInflated - _taken))
        {
            throw new ArchiveTroubleException(ArchiveTrouble.TooMuch, $"It cannot be scanned whole: zips in it take more than {options.MaxInflated} bytes to look into (ClamProxy:Archives:MaxInflated).");
        }

        return InflateAsync(data, (int)member.Length, cancellationToken);
    }

    /// <summary>As much of a member as there is memory for: enough for what stands in its first bytes.</summary>
    public Task<ContentBytes> InflateHeadAsync(ContentWindow data, ZipMember member, CancellationToken cancellationToken) =>
        InflateAsync(data, (int)Math.Min(member.Length, (ulong)(options.MaxInflated - _taken)), cancellationToken);

    /// <summary>What was unpacked is needed no more.</summary>
    public void LetGo(ContentBytes unpacked) => _taken -= unpacked.Length;

    private async Task<ContentBytes> InflateAsync(ContentWindow data, int length, CancellationToken cancellationToken)
    {
        await room.EnterAsync();
        _taken += length;
        await using var unpacked = Open(data);
        var bytes = new byte[length];
        return await unpacked.ReadAtLeastAsync(bytes, length, throwOnEndOfStream: false, cancellationToken) == length ? new ContentBytes(bytes) : throw WrongLength();
    }

    private static DeflateStream Open(IContentReader data) => new(new ContentStream(data), CompressionMode.Decompress);

    private static ArchiveTroubleException WrongLength() => ZipDirectory.Broken("a member is not as long as it says");
}
