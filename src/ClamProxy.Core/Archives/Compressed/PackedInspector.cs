using System.IO.Compression;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Archives.Packages;
using ClamProxy.Core.Archives.Tar;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Compressed;

/// <summary>
/// Looks into what the scanner unpacks by itself, for what it passes over there: tars and gzips, as a stream; bzip2; xz; packages of
/// distributions.
/// </summary>
/// <param name="inside">Looks into something that lies in it.</param>
/// <param name="scan">Has a part scanned by itself.</param>
/// <param name="scanPrefixed">The same behind a front of ours.</param>
internal sealed class PackedInspector(
    ArchiveLimits limits,
    InspectionTally tally,
    MemberInflater inflater,
    MemberLook inside,
    Func<IContentReader, EmbeddedArchive, Task> scan,
    Func<PrefixedContent, Task> scanPrefixed)
{
    /// <summary>The scanner never looks at fewer bytes.</summary>
    private const int LeastPart = 6;

    private long MostUnpacked => Math.Min(limits.Unpacked, limits.Total);

    /// <returns>Where the files of a tar lie in it that may have directories; none where it is no tar.</returns>
    /// <exception cref="ArchiveTroubleException">The scanner's OK does not cover all of it.</exception>
    public async Task<IReadOnlyList<TarMember>> RunAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var head = new byte[PolyglotCheck.HeadLength];
        var length = await content.FillAsync(0, head, cancellationToken).ConfigureAwait(false);
        if (!MemberEdges.IsPacked(head.AsSpan(0, length)))
        {
            await RefuseHiddenTarAsync(content, cancellationToken).ConfigureAwait(false);
            return [];
        }

        await Bzip2Streams.RefuseSeveralAsync(content, cancellationToken).ConfigureAwait(false);
        if (XzStreams.IsXz(head))
        {
            await XzStreams.CheckAsync(content, cancellationToken).ConfigureAwait(false);
        }

        foreach (var part in await PackageParts.FindAsync(content, cancellationToken).ConfigureAwait(false))
        {
            if (part.Length < LeastPart)
            {
                continue;
            }

            await scan(content, new EmbeddedArchive(part.Start, part.Start, part.Start + part.Length)).ConfigureAwait(false);
            await inside(part, MemberKind.Packed, MemberPlace.Layer).ConfigureAwait(false);
        }

        if (GzipEnd.IsOld(head))
        {
            throw ArchiveTroubleException.NotOpened("the scanner does not open gzips of the old kind");
        }

        if (GzipEnd.IsGzip(head))
        {
            await LookIntoGzipAsync(content, cancellationToken).ConfigureAwait(false);
        }
        else if (TarHeader.IsTar(head.AsSpan(0, length)))
        {
            return await LookIntoTarAsync(content, cancellationToken).ConfigureAwait(false);
        }

        return [];
    }

    /// <summary>Up to where somebody who looks for a tar would take it to end.</summary>
    private static async Task RefuseHiddenTarAsync(IContentReader content, CancellationToken cancellationToken)
    {
        const int BufferLength = 64 * 1024;
        var buffer = new byte[(int)Math.Min(BufferLength, content.Length)];
        var search = new TarHeaderSearch();
        for (long at = 0; !search.IsEnded
            && await content.FillAsync(at, buffer, cancellationToken).ConfigureAwait(false) is > 0 and var filled; at += filled)
        {
            search.Add(buffer.AsSpan(0, filled));
        }

        if (search.HasFoundBeforeEnd)
        {
            throw TarTrouble.BeginsOtherwise();
        }
    }

    private async Task<IReadOnlyList<TarMember>> LookIntoTarAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var stream = new ContentStream(content);
        await using var _ = stream.ConfigureAwait(false);
        var look = new TarInspector(stream, limits.Total, tally);
        var members = await look.RunAsync(cancellationToken).ConfigureAwait(false);
        if (look.Front is { } front)
        {
            await scanPrefixed(front.Add(() => new ContentStream(content), content.Length)).ConfigureAwait(false);
        }

        foreach (var member in members)
        {
            await inside(new ContentWindow(content, member.At, member.Length), member.Kind, member.Place).ConfigureAwait(false);
        }

        return members;
    }

    private async Task LookIntoGzipAsync(IContentReader content, CancellationToken cancellationToken)
    {
        try
        {
            var watch = new EndWatch(content);
            var members = await FindInGzipAsync(() => Open(watch), () => Open(content), cancellationToken).ConfigureAwait(false);
            await GzipEnd.RefuseMoreAsync(content, Math.Max(1, watch.LastAt), MostUnpacked, cancellationToken).ConfigureAwait(false);
            await LookIntoMembersAsync(members, () => Open(content), cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            if (await GzipBody.FindAsync(content, MostUnpacked, cancellationToken).ConfigureAwait(false) is not { } packed)
            {
                throw;
            }

            Stream OpenPacked() => MemberInflater.Open(packed);
            var members = await FindInGzipAsync(OpenPacked, OpenPacked, cancellationToken).ConfigureAwait(false);
            await LookIntoMembersAsync(members, OpenPacked, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Unpacks it to see what is in it.</summary>
    private async Task<IReadOnlyList<TarMember>> FindInGzipAsync(
        Func<Stream> openFirst, Func<Stream> open, CancellationToken cancellationToken)
    {
        var unpacked = openFirst();
        await using var _ = unpacked.ConfigureAwait(false);
        var look = new TarInspector(unpacked, MostUnpacked, tally);
        var members = await look.RunAsync(cancellationToken).ConfigureAwait(false);
        if (look.Front is { } front)
        {
            await scanPrefixed(front.Add(open, look.Length)).ConfigureAwait(false);
        }

        return members;
    }

    /// <summary>Unpacks it once more for the files in it that have directories.</summary>
    private async Task LookIntoMembersAsync(IReadOnlyList<TarMember> members, Func<Stream> open, CancellationToken cancellationToken)
    {
        if (members.Count == 0)
        {
            return;
        }

        var second = open();
        await using var _ = second.ConfigureAwait(false);
        long at = 0;
        foreach (var member in members)
        {
            if (inflater.LengthToKeep(member.Length, member.Kind) is not { } length)
            {
                continue;
            }

            await inflater.SkipAsync(second, member.At - at, cancellationToken).ConfigureAwait(false);
            var kept = await inflater.KeepAsync(second, length, cancellationToken).ConfigureAwait(false);
            at = member.At + length;
            try
            {
                await inside(kept, member.Kind, member.Place).ConfigureAwait(false);
            }
            finally
            {
                inflater.LetGo(kept);
            }
        }
    }

    private static GZipStream Open(IContentReader content) => new(new ContentStream(content), CompressionMode.Decompress);
}
