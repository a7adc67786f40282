using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Compression.Codings;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Compressed;

/// <summary>
/// Finds gzips behind a gzip that .NET and clamd do not unpack, and others do: behind zeros (Python), of the old kind or what compress,
/// pack and lzh write (GNU).
/// </summary>
internal static class GzipEnd
{
    private const int BufferLength = 64 * 1024;
    private const int HeadLength = 3;
    private const int MostHeads = 256;

    /// <summary>Whether something begins as one, as RFC 1952 has it.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]);

    /// <summary>Whether something begins as a gzip of the old kind, which GNU gzip unpacks as any other.</summary>
    public static bool IsOld(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x9e, 0x08]);

    /// <param name="from">Where the last piece begins that was unpacked.</param>
    /// <param name="most">The most bytes that it may unpack to.</param>
    /// <exception cref="ArchiveTroubleException">One lies there.</exception>
    public static async Task RefuseMoreAsync(IContentReader content, long from, long most, CancellationToken cancellationToken)
    {
        var heads = await HeadsAsync(content, from, cancellationToken).ConfigureAwait(false);
        if (heads.Count == 0 || await IsWholeAsync(content, most, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        if (heads.Count > MostHeads)
        {
            throw Another();
        }

        foreach (var head in heads)
        {
            if (await IsBehindAnEndAsync(content, head, most, cancellationToken).ConfigureAwait(false))
            {
                throw Another();
            }
        }
    }

    /// <summary>Whether something behind this place begins as one of them.</summary>
    public static async Task<bool> HoldsMoreAsync(IContentReader content, long from, CancellationToken cancellationToken) =>
        (await HeadsAsync(content, from, cancellationToken).ConfigureAwait(false)).Count > 0;

    /// <summary>Whether a member ends there, or in front of zeros there. Its own last bytes may be zeros too.</summary>
    private static async Task<bool> IsBehindAnEndAsync(
        IContentReader content, long head, long most, CancellationToken cancellationToken)
    {
        const int MostOwnZeros = 8;
        var endsAt = await content.WithoutZerosAsync(head, cancellationToken).ConfigureAwait(false);
        for (var zeros = 0; zeros <= Math.Min(MostOwnZeros, head - endsAt); zeros++)
        {
            if (await IsWholeAsync(new ContentWindow(content, 0, endsAt + zeros), most, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<List<long>> HeadsAsync(IContentReader content, long from, CancellationToken cancellationToken)
    {
        List<long> heads = [];
        var buffer = new byte[(int)Math.Clamp(content.Length - from, HeadLength, BufferLength)];
        for (var at = from; at < content.Length && heads.Count <= MostHeads; at += buffer.Length - HeadLength + 1)
        {
            var filled = await content.FillAsync(at, buffer, cancellationToken).ConfigureAwait(false);
            for (var next = 0; Next(buffer.AsSpan(next, filled - next)) is >= 0 and var one; next += one + 1)
            {
                heads.Add(at + next + one);
            }
        }

        return heads;
    }

    /// <returns>Where the next one may begin: gzip, the same of old, and what compress, pack and lzh write; -1: nowhere.</returns>
    private static int Next(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at + HeadLength <= bytes.Length; at++)
        {
            var mark = bytes[at..].IndexOf((byte)0x1f);
            if (mark < 0 || at + mark + HeadLength > bytes.Length)
            {
                return -1;
            }

            at += mark;
            if ((bytes[at + 1], bytes[at + 2]) is (0x8b or 0x9e, 0x08) or (0x9d or 0x1e or 0xa0, _))
            {
                return at;
            }
        }

        return -1;
    }

    private static ArchiveTroubleException Another() =>
        new(ArchiveTrouble.Contradictory, "It is a gzip that scanner and client may read differently: another one follows its end.");

    /// <summary>Whether it ends where its last member does, so that those bytes were packed ones.</summary>
    private static async Task<bool> IsWholeAsync(IContentReader content, long most, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferLength];
        var unpacked = new GzipDecoder(new ContentStream(content));
        await using var _ = unpacked.ConfigureAwait(false);
        try
        {
            long length = 0;
            while (await unpacked.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                length += read;
                if (length > most)
                {
                    throw ArchiveTroubleException.TooLarge("What it unpacks to is", (ulong)length, most);
                }
            }

            return true;
        }
        catch (ContentCodingException)
        {
            return false;
        }
    }
}
