using ClamProxy.Core.Archives.Compressed;
using ClamProxy.Core.Archives.Packages;
using ClamProxy.Core.Archives.Tar;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>
/// Files that begin as one kind of archive and bear the mark of another further on. clamd 1.4 goes by the latter: a zip or gzip whose extra
/// field says "ustar" at byte 257 is a tar to it, with nothing in it, while every client unpacks the zip.
/// </summary>
internal static class PolyglotCheck
{
    private const int OfficeMarkAt = 4;
    private const int TarMarkAt = 257;
    private const int PartitionMarkAt = 512;

    /// <summary>As many bytes as tell.</summary>
    public const int HeadLength = 520;

    /// <exception cref="ArchiveTroubleException">It is one.</exception>
    public static async Task RefuseAsync(IContentReader content, long start, CancellationToken cancellationToken)
    {
        var head = new byte[HeadLength];
        var length = await content.FillAsync(start, head, cancellationToken).ConfigureAwait(false);
        Refuse(head.AsSpan(0, length));
    }

    /// <exception cref="ArchiveTroubleException">What begins so is one.</exception>
    public static void Refuse(ReadOnlySpan<byte> head)
    {
        if (Find(head) is { } twoKinds)
        {
            throw twoKinds;
        }
    }

    /// <returns>Why what begins so is one; null: it is none.</returns>
    public static ArchiveTroubleException? Find(ReadOnlySpan<byte> head) => BeginsAsArchive(head) && IsMarked(head) ? TwoKinds() : null;

    /// <summary>The same for an archive that is scanned by itself, with zeros in front of its first member.</summary>
    /// <param name="first">Where its first member is, counted from its start.</param>
    /// <exception cref="ArchiveTroubleException">It is one.</exception>
    public static async Task RefuseHiddenAsync(IContentReader content, long start, long first, CancellationToken cancellationToken)
    {
        var head = new byte[HeadLength];
        var length = await content.FillAsync(start, head, cancellationToken).ConfigureAwait(false);
        head.AsSpan(0, (int)Math.Min(first, length)).Clear();
        if (IsMarked(head.AsSpan(0, length)))
        {
            throw TwoKinds();
        }
    }

    private static ArchiveTroubleException TwoKinds() =>
        new(ArchiveTrouble.Contradictory, "It is two kinds of archive at once: the scanner may have opened the other one.");

    private static bool BeginsAsArchive(ReadOnlySpan<byte> head) =>
        head.StartsWith("PK\u0003\u0004"u8)
        || GzipEnd.IsGzip(head)
        || Bzip2Streams.IsBzip2(head)
        || XzStreams.IsXz(head)
        || head.StartsWith((ReadOnlySpan<byte>)[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])
        || head.StartsWith("Rar!"u8)
        || CabinetDirectory.IsCabinet(head);

    private static bool IsMarked(ReadOnlySpan<byte> head) =>
        (head.Length > OfficeMarkAt
            && head[OfficeMarkAt..].StartsWith((ReadOnlySpan<byte>)[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]))
        || (head.Length > TarMarkAt && head[TarMarkAt..].StartsWith("ustar"u8))
        || (head.Length > PartitionMarkAt && head[PartitionMarkAt..].StartsWith(TarBeginning.PartitionMark));
}
