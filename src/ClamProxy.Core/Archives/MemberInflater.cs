using System.IO.Compression;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives;

/// <summary>Unpacks deflated members, as far as it takes to know what they are. Few files at a time may hold unpacked ones in
/// memory.</summary>
internal sealed class MemberInflater(ArchiveOptions options, LookRoom room)
{
    /// <summary>What deflate can shrink bytes to at best: zlib's own documentation says 1032 to 1.</summary>
    private const ulong BestRatio = 1032;

    /// <summary>Enough packed bytes for the first four, block header and code lengths (at most 320 of up to 7 bits) included.</summary>
    private const int PeekLength = 512;

    private readonly byte[] _peek = new byte[PeekLength];
    private long _taken;

    /// <summary>The most bytes that so many packed ones can come to.</summary>
    public static ulong Longest(ulong packed) => packed > ulong.MaxValue / BestRatio ? ulong.MaxValue : packed * BestRatio;

    /// <summary>Unpacks all of a member and throws it away.</summary>
    /// <exception cref="ArchiveTroubleException">It is not as long as it says: a scanner stops at its limit, a client may not.</exception>
    public async Task MeasureAsync(ContentWindow data, ZipMember member, CancellationToken cancellationToken)
    {
        const int BufferLength = 128 * 1024;
        await room.EnterAsync();
        await using var unpacked = Open(data);
        var buffer = new byte[BufferLength];
        ulong length = 0;
        int read;
        do
        {
            read = await unpacked.ReadAsync(buffer, cancellationToken);
            length += (ulong)read;
        }
        while (read > 0 && length <= member.Length);
        if (length != member.Length) throw WrongLength();
    }

    public async Task<bool> IsZipAsync(ContentWindow data, ZipMember member, CancellationToken cancellationToken)
    {
        if (member.Length < ZipFormat.EndLength + ZipFormat.LocalLength) return false;
        var length = await data.FillAsync(0, _peek, cancellationToken);
        using var packed = new MemoryStream(_peek, 0, length, writable: false);
        await using var unpacked = new DeflateStream(packed, CompressionMode.Decompress);
        var mark = new byte[ZipFormat.MarkLength];
        var first = await unpacked.ReadAtLeastAsync(mark, mark.Length, throwOnEndOfStream: false, cancellationToken);
        if (first < mark.Length && member.Packed > PeekLength) throw ZipDirectory.Broken("a member begins with empty blocks, which no packer writes");
        return first == mark.Length && BitConverter.ToUInt32(mark) == ZipFormat.LocalMark;
    }

    /// <exception cref="ArchiveTroubleException">It takes more memory than is allowed, or is not as long as it says.</exception>
    public async Task<ContentBytes> InflateAsync(ContentWindow data, ZipMember member, CancellationToken cancellationToken)
    {
        if (member.Length > (ulong)(options.MaxInflated - _taken))
        {
            throw new ArchiveTroubleException(ArchiveTrouble.TooMuch, $"It cannot be scanned whole: zips in it take more than {options.MaxInflated} bytes to look into (ClamProxy:Archives:MaxInflated).");
        }

        await room.EnterAsync();
        _taken += (long)member.Length;
        await using var unpacked = Open(data);
        var bytes = new byte[(int)member.Length];
        var length = await unpacked.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        if (length < bytes.Length || await unpacked.ReadAsync(new byte[1], cancellationToken) > 0) throw WrongLength();
        return new ContentBytes(bytes);
    }

    /// <summary>What was unpacked is needed no more.</summary>
    public void LetGo(ContentBytes unpacked) => _taken -= unpacked.Length;

    private static DeflateStream Open(ContentWindow data) => new(new ContentStream(data), CompressionMode.Decompress);

    private static ArchiveTroubleException WrongLength() => ZipDirectory.Broken("a member is not as long as it says");
}
