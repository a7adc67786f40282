using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Packages;

/// <summary>The archives that a .deb (ar) or .rpm consists of: clamd 1.4 opens neither, but each part by itself.</summary>
internal static class PackageParts
{
    private const int MostParts = 64;

    /// <returns>Its parts; none of something else.</returns>
    /// <exception cref="ArchiveTroubleException">It is broken.</exception>
    public static async Task<IReadOnlyList<ContentWindow>> FindAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var head = new byte[DebHead.Length];
        var length = await content.FillAsync(0, head, cancellationToken).ConfigureAwait(false);
        if (IsOldDeb(head.AsSpan(0, length)))
        {
            throw ArchiveTroubleException.NotOpened("the scanner does not open packages of the old format (0.93)");
        }

        if (IsRpm(head.AsSpan(0, length)))
        {
            return [await PayloadAsync(content, cancellationToken).ConfigureAwait(false)];
        }

        return head.AsSpan(0, length).SequenceEqual(DebHead) ? await MembersAsync(content, cancellationToken).ConfigureAwait(false) : [];
    }

    /// <summary>Whether something begins as one of them.</summary>
    public static bool IsPackage(ReadOnlySpan<byte> head) => head.StartsWith(DebHead) || IsRpm(head) || IsOldDeb(head);

    private static ReadOnlySpan<byte> HeaderMark => [0x8e, 0xad, 0xe8];

    private static ReadOnlySpan<byte> DebHead => "!<arch>\ndebian-binary"u8;

    /// <summary>deb-old(5): the version, the length of the control part, each in a line; two gzips behind.</summary>
    private static bool IsOldDeb(ReadOnlySpan<byte> head) =>
        head.StartsWith("0.93"u8) && head[4..].TrimStart("0123456789"u8).StartsWith("\n"u8);

    private static bool IsRpm(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0xed, 0xab, 0xee, 0xdb]);

    private static async Task<IReadOnlyList<ContentWindow>> MembersAsync(IContentReader content, CancellationToken cancellationToken)
    {
        const int HeaderLength = 60;
        const int SizeAt = 48;
        const int SizeLength = 10;
        var parts = new List<ContentWindow>();
        var header = new byte[HeaderLength];
        for (long at = "!<arch>\n".Length; await content.FillAsync(at, header, cancellationToken).ConfigureAwait(false) == HeaderLength;)
        {
            // BSD's long names stand in front of the data: some take them for a part of it.
            if (header.AsSpan().StartsWith("#1/"u8))
            {
                throw Broken();
            }

            var size = Encoding.Latin1.GetString(header, SizeAt, SizeLength).TrimEnd(' ');
            if (!long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length > content.Length - at - HeaderLength
                || parts.Count == MostParts)
            {
                throw Broken();
            }

            parts.Add(new ContentWindow(content, at + HeaderLength, length));
            at += HeaderLength + length + (length & 1);
        }

        return parts;
    }

    /// <summary>Behind 96 bytes of lead, the signatures (filled up to 8 bytes) and the header.</summary>
    private static async Task<ContentWindow> PayloadAsync(IContentReader content, CancellationToken cancellationToken)
    {
        const int LeadLength = 96;
        var at = await BehindAsync(content, LeadLength, cancellationToken).ConfigureAwait(false);
        at = await BehindAsync(content, (at + 7) & ~7L, cancellationToken).ConfigureAwait(false);
        var payload = new byte[HeaderMark.Length];
        await content.FillAsync(at, payload, cancellationToken).ConfigureAwait(false);
        // bsdtar and 7-Zip pass over them, and find the payload further on.
        if (payload[0] == 0 || payload.AsSpan().SequenceEqual(HeaderMark))
        {
            throw Broken();
        }

        return new ContentWindow(content, at, Math.Max(0, content.Length - at));
    }

    private static async Task<long> BehindAsync(IContentReader content, long at, CancellationToken cancellationToken)
    {
        const int HeadLength = 16;
        const int EntryLength = 16;
        var head = new byte[HeadLength];
        var filled = await content.FillAsync(at, head, cancellationToken).ConfigureAwait(false);
        if (filled < HeadLength || !head.AsSpan().StartsWith(HeaderMark))
        {
            throw Broken();
        }

        long entries = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(8));
        return at + HeadLength + (entries * EntryLength) + BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(12));
    }

    private static ArchiveTroubleException Broken() =>
        new(ArchiveTrouble.Contradictory, "It is a broken package: its parts are not where it says.");
}
