using System.IO.Compression;
using ClamProxy.Core.Archives.Inspection;
using ClamProxy.Core.Archives.Packages;
using ClamProxy.Core.Archives.Tar;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Archives.Compressed;

/// <summary>Looks into what the scanner unpacks by itself, for what it passes over there: tars and gzips, as a stream; bzip2; xz; packages of distributions.</summary>
/// <param name="inside">Looks into something that lies in it.</param>
/// <param name="scan">Has a part scanned by itself.</param>
/// <param name="scanPrefixed">The same behind a front of ours.</param>
internal sealed class PackedInspector(
    ArchiveLimits limits, MemberInflater inflater, Func<IContentReader, MemberKind, Task> inside, Func<IContentReader, EmbeddedArchive, Task> scan, Func<PrefixedContent, Task> scanPrefixed)
{
    /// <summary>The scanner never looks at fewer bytes.</summary>
    private const int LeastPart = 6;

    /// <exception cref="ArchiveTroubleException">The scanner's OK does not cover all of it.</exception>
    public async Task RunAsync(IContentReader content, CancellationToken cancellationToken)
    {
        var head = new byte[PolyglotCheck.HeadLength];
        var length = await content.FillAsync(0, head, cancellationToken);
        if (!MemberEdges.IsPacked(head.AsSpan(0, length)))
        {
            await RefuseHiddenTarAsync(content, cancellationToken);
            return;
        }

        await Bzip2Streams.RefuseSeveralAsync(content, cancellationToken);
        if (XzStreams.IsXz(head)) await XzStreams.CheckAsync(content, cancellationToken);
        foreach (var part in await PackageParts.FindAsync(content, cancellationToken))
        {
            if (part.Length < LeastPart) continue;
            await scan(content, new EmbeddedArchive(part.Start, part.Start, part.Start + part.Length));
            await inside(part, MemberKind.Packed);
        }

        if (GzipEnd.IsOld(head)) throw ArchiveTroubleException.TooMuch("the scanner does not open gzips of the old kind");
        if (GzipEnd.IsGzip(head)) await LookIntoGzipAsync(content, cancellationToken);
        else if (TarHeader.IsTar(head.AsSpan(0, length))) await LookIntoTarAsync(content, cancellationToken);
    }

    /// <summary>Up to where somebody who looks for a tar would take it to end.</summary>
    private static async Task RefuseHiddenTarAsync(IContentReader content, CancellationToken cancellationToken)
    {
        const int BufferLength = 64 * 1024;
        var buffer = new byte[(int)Math.Min(BufferLength, content.Length)];
        var search = new TarHeaderSearch();
        for (long at = 0; !search.IsEnded && await content.FillAsync(at, buffer, cancellationToken) is > 0 and var filled; at += filled)
        {
            search.Add(buffer.AsSpan(0, filled));
        }

        if (search.HasFoundBeforeEnd) throw TarTrouble.BeginsOtherwise();
    }

    private async Task LookIntoTarAsync(IContentReader content, CancellationToken cancellationToken)
    {
        await using var stream = new ContentStream(content);
        var look = new TarInspector(stream, limits.Total);
        var members = await look.RunAsync(cancellationToken);
        if (look.Front is { } front) await scanPrefixed(front.Add(() => new ContentStream(content), content.Length));
        foreach (var member in members)
        {
            await inside(new ContentWindow(content, member.At, member.Length), member.Kind);
        }
    }

    /// <summary>Unpacks it once to see what is in it, and once more for the files in it that have directories.</summary>
    private async Task LookIntoGzipAsync(IContentReader content, CancellationToken cancellationToken)
    {
        IReadOnlyList<TarMember> members;
        var watch = new EndWatch(content);
        await using (var first = Open(watch))
        {
            var look = new TarInspector(first, limits.Total);
            members = await look.RunAsync(cancellationToken);
            await GzipEnd.RefuseMoreAsync(content, Math.Max(1, watch.LastAt), cancellationToken);
            if (look.Front is { } front) await scanPrefixed(front.Add(() => Open(content), look.Length));
        }

        if (members.Count == 0) return;
        await using var second = Open(content);
        long at = 0;
        foreach (var member in members)
        {
            if (inflater.LengthToKeep(member.Length, member.Kind) is not { } length) continue;
            await inflater.SkipAsync(second, member.At - at, cancellationToken);
            var kept = await inflater.KeepAsync(second, length, cancellationToken);
            at = member.At + length;
            await inside(kept, member.Kind);
            inflater.LetGo(kept);
        }
    }

    private static GZipStream Open(IContentReader content) => new(new ContentStream(content), CompressionMode.Decompress);
}
