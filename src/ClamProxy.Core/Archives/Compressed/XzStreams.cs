using System.Buffers.Binary;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Compressed;

/// <summary>
/// Goes through an xz from its end to its beginning, by the indexes of its streams, without unpacking it (The .xz File Format 1.2.0). clamd
/// 1.4 throws away all of one that ends too early, and does not open a filter that it does not know; xz, Python and GNU tar hand out what
/// they have, and know more filters.
/// </summary>
internal static class XzStreams
{
    private const int HeaderLength = 12;
    private const int FooterLength = 12;
    private const int Unit = 4;
    private const int LongestIndex = 1 << 20;
    private const int LongestBlockHeader = 1024;
    private const ulong Lzma2 = 0x21;
    private const ulong FirstFilter = 0x03;
    private const ulong LastFilter = 0x09;

    /// <summary>Whether something begins as one.</summary>
    public static bool IsXz(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);

    /// <exception cref="ArchiveTroubleException">The scanner may not open all that others do.</exception>
    public static async Task CheckAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var at = content.Length;
        do
        {
            at = await BeginningOfAsync(
                content,
                await WithoutPaddingAsync(content, at, cancellationToken).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        }
        while (at > 0);
    }

    /// <returns>Where the stream begins that ends here.</returns>
    private static async Task<long> BeginningOfAsync(IContentReader content, long endsAt, CancellationToken cancellationToken)
    {
        var footer = await ReadAsync(content, endsAt - FooterLength, FooterLength, cancellationToken).ConfigureAwait(false);
        if (!footer.AsSpan(10).SequenceEqual("YZ"u8))
        {
            throw Broken();
        }

        var indexLength = (BinaryPrimitives.ReadUInt32LittleEndian(footer.AsSpan(4)) + 1L) * Unit;
        if (indexLength > LongestIndex)
        {
            throw ArchiveTroubleException.TooMuch($"the index of an xz in it is longer than {LongestIndex} bytes");
        }

        var indexAt = endsAt - FooterLength - indexLength;
        var check = CheckLength(footer[9]);
        var blocks = Blocks(await ReadAsync(content, indexAt, (int)indexLength, cancellationToken).ConfigureAwait(false));
        var at = indexAt - blocks.Sum(Padded);
        if (!IsXz(await ReadAsync(content, at - HeaderLength, HeaderLength, cancellationToken).ConfigureAwait(false)))
        {
            throw Broken();
        }

        var beginsAt = at - HeaderLength;
        foreach (var length in blocks)
        {
            var header = new byte[(int)Math.Min(LongestBlockHeader, length)];
            await content.FillAsync(at, header, cancellationToken).ConfigureAwait(false);
            CheckFilters(header);
            await CheckChunksAsync(content, at + ((header[0] + 1) * Unit), at + length - check, cancellationToken).ConfigureAwait(false);
            at += Padded(length);
        }

        return beginsAt;
    }

    /// <summary>Streams may be followed by zeros, four at a time.</summary>
    private static async Task<long> WithoutPaddingAsync(IContentReader content, long endsAt, CancellationToken cancellationToken)
    {
        var withoutZeros = await content.WithoutZerosAsync(endsAt, cancellationToken).ConfigureAwait(false);
        return endsAt - ((endsAt - withoutZeros) / Unit * Unit);
    }

    private static long Padded(long length) => (length + Unit - 1) / Unit * Unit;

    /// <summary>By the last digit of the stream's flags: none, or 4, 8, 16, 32, 64 bytes, three identifiers each.</summary>
    private static int CheckLength(byte flags) => (flags & 0x0f) is > 0 and var id ? Unit << ((id - 1) / 3) : 0;

    /// <summary>The chunks of LZMA2 have to end where the index says: clamd throws all away where one is broken.</summary>
    private static async Task CheckChunksAsync(IContentReader content, long at, long endsAt, CancellationToken cancellationToken)
    {
        const int LongestChunkHeader = 6;
        var header = new byte[LongestChunkHeader];
        do
        {
            if (at >= endsAt || await content.FillAsync(at, header, cancellationToken).ConfigureAwait(false) == 0)
            {
                throw Broken();
            }

            var length = header[0] switch
            {
                0 => 1,
                1 or 2 => 3 + BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(1)) + 1,
                >= 0xc0 => 6 + BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3)) + 1,
                >= 0x80 => 5 + BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3)) + 1,
                _ => throw Broken(),
            };
            at += length;
        }
        while (header[0] != 0);
        if (at != endsAt)
        {
            throw Broken();
        }
    }

    /// <returns>The blocks' lengths, without what fills them up.</returns>
    private static List<long> Blocks(ReadOnlySpan<byte> index)
    {
        if (index[0] != 0)
        {
            throw Broken();
        }

        var at = 1;
        List<long> blocks = [];
        for (var left = Number(index, ref at); left > 0; left--)
        {
            var length = Number(index, ref at);
            Number(index, ref at);
            if (length is < 5 or > long.MaxValue / LongestIndex)
            {
                throw Broken();
            }

            blocks.Add((long)length);
        }

        return blocks;
    }

    private static void CheckFilters(ReadOnlySpan<byte> header)
    {
        const int HasPackedLength = 0x40;
        const int HasLength = 0x80;
        var flags = header[1];
        var at = 2;
        if ((flags & HasPackedLength) != 0)
        {
            Number(header, ref at);
        }

        if ((flags & HasLength) != 0)
        {
            Number(header, ref at);
        }

        for (var left = (flags & 3) + 1; left > 0; left--)
        {
            var filter = Number(header, ref at);
            if (filter is not (Lzma2 or (>= FirstFilter and <= LastFilter)))
            {
                throw ArchiveTroubleException.NotOpened($"the scanner does not open an xz with filter 0x{filter:x}");
            }

            var properties = Number(header, ref at);
            at += (int)Math.Min((ulong)header.Length, properties);
        }
    }

    /// <summary>Seven bits in each byte, the least first.</summary>
    private static ulong Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        const int MostBits = 63;
        ulong value = 0;
        for (var shift = 0; shift < MostBits && at < bytes.Length; shift += 7)
        {
            var one = bytes[at++];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80)
            {
                return value;
            }
        }

        throw Broken();
    }

    private static async Task<byte[]> ReadAsync(IContentReader content, long at, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        return await content.FillAsync(at, bytes, cancellationToken).ConfigureAwait(false) == length ? bytes : throw Broken();
    }

    private static ArchiveTroubleException Broken() =>
        new(
            ArchiveTrouble.Contradictory,
            "It is an xz that scanner and client may read differently: its streams do not add up to the file.");
}
