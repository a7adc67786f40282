using ClamProxy.Core.Archives.Compound;
using ClamProxy.Core.Archives.Compressed;
using ClamProxy.Core.Archives.Packages;
using ClamProxy.Core.Archives.Tar;
using ClamProxy.Core.Archives.Zip;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Inspection;

/// <summary>One look into one file and the archives in it, one in another, against what the scanner was shown to do.</summary>
/// <param name="inflater">Unpacks members.</param>
/// <param name="tally">Takes note of members that the scanner does not see, or that others may read differently.</param>
/// <param name="scan">Scans an archive that the scanner may not have opened, in the content that holds it; what comes back is what the
/// scanner that called it clean was shown to look at, null if none did.</param>
/// <param name="scanPrefixed">The same of contents that the scanner may take for something else.</param>
internal sealed class ContentInspection(
    ArchiveOptions options,
    ArchiveLimits limits,
    MemberInflater inflater,
    InspectionTally tally,
    Func<IContentReader, EmbeddedArchive, Task<ArchiveLimits?>> scan,
    Func<PrefixedContent, Task<ArchiveLimits?>> scanPrefixed)
{
    private const int MostHidden = 256;

    /// <summary>A zip of jars, each with a page in it, has hundreds.</summary>
    private const int MostFronted = 4096;

    private int _hidden;
    private int _fronted;

    /// <exception cref="ArchiveTroubleException">The scanner's OK does not cover all of it.</exception>
    public async Task RunAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var head = new byte[SkippedTypes.HeadLength];
        var length = await content.FillAsync(0, head, cancellationToken).ConfigureAwait(false);
        if (SkippedTypes.Begins(head.AsSpan(0, length)))
        {
            await ScanPrefixedAsync(PrefixedContent.Text().Add(() => new ContentStream(content), content.Length)).ConfigureAwait(false);
        }

        await RunAsync(content, 1, cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(IContentReader content, int depth, CancellationToken cancellationToken)
    {
        if (depth > options.MaxDepth)
        {
            throw ArchiveTroubleException.TooMuch(
                $"archives are nested in it more than {options.MaxDepth} deep (ClamProxy:Archives:MaxDepth)");
        }

        await PolyglotCheck.RefuseAsync(content, 0, cancellationToken).ConfigureAwait(false);
        await CabinetDirectory.CheckAsync(content, limits, cancellationToken).ConfigureAwait(false);
        var inside = InsideOf(depth, cancellationToken);
        var files = await new PackedInspector(
            limits, tally, inflater, inside, ScanAsync, ScanPrefixedAsync).RunAsync(content, cancellationToken).ConfigureAwait(false);
        await LookIntoZipsAsync(content, files, inside, cancellationToken).ConfigureAwait(false);
    }

    private MemberLook InsideOf(int depth, CancellationToken cancellationToken)
    {
        return (inner, kind, place) => place switch
        {
            MemberPlace.File => NoteAsync(() => LookAsync(inner, kind)),
            MemberPlace.Layer => LookAsync(inner, kind),
        };

        Task LookAsync(IContentReader inner, MemberKind kind) => kind switch
        {
            MemberKind.Zip or MemberKind.Packed => RunAsync(inner, depth + 1, cancellationToken),
            MemberKind.Cabinet => CabinetDirectory.CheckAsync(inner, limits, cancellationToken),
            MemberKind.Other => Task.CompletedTask,
        };
    }

    /// <param name="files">What lies in it as a tar.</param>
    private async Task LookIntoZipsAsync(
        IContentReader content, IReadOnlyList<TarMember> files, MemberLook inside, CancellationToken cancellationToken)
    {
        var streams = await CompoundFile.StreamsAsync(content, cancellationToken).ConfigureAwait(false);
        var zips = new ZipSearch(
            new ZipInspector(options, limits, tally, inflater, inside, ScanPrefixedAsync),
            ScanAsync,
            streams is not null || content is SectorChain ? ZipSearch.MostInADocument : ZipSearch.MostEmbedded);
        if (streams is not null)
        {
            await LookIntoStreamsAsync(streams, inside, cancellationToken).ConfigureAwait(false);
            await LookIntoDocumentAsync(content, zips, inside, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Whoever takes a tar for a zip finds an end in one of its files, which was looked into as the file it is.
        await zips.RunAsync(
            content, at => files.Any(file => file.At <= at && at < file.At + file.Length), cancellationToken).ConfigureAwait(false);
        if (files.Count > 0)
        {
            await NoteAsync(() => zips.RunAsync(content, cancellationToken)).ConfigureAwait(false);
        }
    }

    private async Task LookIntoDocumentAsync(IContentReader content, ZipSearch zips, MemberLook inside, CancellationToken cancellationToken)
    {
        try
        {
            await zips.RunAsync(content, cancellationToken).ConfigureAwait(false);
        }
        catch (ArchiveTroubleException wrong) when (wrong.IsOfOneArchive)
        {
            // As a zip it is broken: an archive in one of its streams lies in pieces.
            await new LooseMembers(
                limits, tally, inflater, inside, ScanPrefixedAsync).RunAsync(content, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A member that is broken says nothing of the archive that holds it, nor of the members behind it.</summary>
    private async Task NoteAsync(Func<Task> look)
    {
        try
        {
            await look().ConfigureAwait(false);
        }
        catch (ArchiveTroubleException wrong) when (wrong.IsOfOneArchive)
        {
            tally.Note(wrong);
        }
        catch (InvalidDataException)
        {
            tally.Note(ArchiveTroubleException.NotUnpacked());
        }
    }

    /// <summary>The scanner opens most of them, whoever knows such documents all.</summary>
    private async Task LookIntoStreamsAsync(IReadOnlyList<SectorChain> streams, MemberLook inside, CancellationToken cancellationToken)
    {
        foreach (var stream in streams)
        {
            var kind = await inflater.LookAsync(stream, cancellationToken).ConfigureAwait(false);
            if (kind is MemberKind.Zip && await ZipMemberData.IsLocalAsync(stream, cancellationToken).ConfigureAwait(false))
            {
                await ScanAsync(stream, new EmbeddedArchive(0, 0, stream.Length)).ConfigureAwait(false);
            }

            await inside(stream, kind, MemberPlace.Layer).ConfigureAwait(false);
        }
    }

    private async Task ScanAsync(IContentReader content, EmbeddedArchive archive)
    {
        if (++_hidden > MostHidden)
        {
            throw ArchiveTroubleException.TooMuch($"more than {MostHidden} archives in it have to be scanned separately");
        }

        if (await scan(content, archive).ConfigureAwait(false) is { } shown)
        {
            Judge(archive, shown);
        }
    }

    private async Task ScanPrefixedAsync(PrefixedContent form)
    {
        if (++_fronted > MostFronted)
        {
            throw ArchiveTroubleException.TooMuch($"more than {MostFronted} parts of it may be taken for another format");
        }

        if (await scanPrefixed(form).ConfigureAwait(false) is { } shown && form.Length > shown.Member)
        {
            throw ArchiveTroubleException.TooLarge(
                "A part of it that the scanner may take for another format is", (ulong)form.Length, shown.Member);
        }
    }

    /// <summary>
    /// Another scanner may have said OK to a hidden archive than to the whole: it has limits of its own. That what was looked at so far is
    /// more than the archive holds makes it stricter only.
    /// </summary>
    private void Judge(EmbeddedArchive archive, ArchiveLimits shown)
    {
        var total = Math.Max(tally.Total, (ulong)archive.Length);
        if (tally.Largest > (ulong)shown.Member)
        {
            throw ArchiveTroubleException.TooLarge("A member of an archive in it is", tally.Largest, shown.Member);
        }

        if (total > (ulong)shown.Total)
        {
            throw ArchiveTroubleException.TooLarge("An archive in it is", total, shown.Total);
        }
    }
}
