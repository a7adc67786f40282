using System.Security.Cryptography;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Files;
using ClamProxy.Core.Spool;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Problems;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// Searches an answer that is here for links that would lead its client past the scanner, before its first byte leaves: by its bytes,
/// whatever it is called.
/// </summary>
internal sealed class AnswerInspector(SpoolFolder spools, ForeignLinkNotices notices)
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>Whether an answer's links matter at all: an immutable file is no index, and a status without a body has none.</summary>
    public static bool Concerns(AnswerLinks links, Target target, UpstreamHead head) =>
        ResponseFields.HasBody(head.Status)
        && (IsMirrorList(target, head)
            ? links.Foreign != ForeignLinks.Allow
            : !links.IsFile && (links.Rewriting is not null || links.Foreign != ForeignLinks.Allow));

    /// <summary>Whether an answer may leave before it can be searched: it neither is nor may be read as a text.</summary>
    public static bool MayTrickle(AnswerLinks links, Target target, GateResult.Trickling file)
    {
        if (!Concerns(links, target, file.Head))
        {
            return true;
        }

        var first = new byte[TextForm.FirstBytes];
        return links.OfBody is null && file.Head.First("Content-Encoding") is null && !IsMirrorList(target, file.Head)
            && TextForm.Of(first.AsSpan(0, file.Body.Peek(first)), ContentTypes(file.Head), isNamedMetalink: false).IsBinary;
    }

    /// <returns>What the text will be once it is rewritten, or why it is not to be delivered; neither: it stays as it is, and nothing was
    /// looked for.</returns>
    /// <exception cref="UnrewritableTextException">The text is in a code in which links cannot be found.</exception>
    /// <param name="coder">Is given the rewritten text; null: nobody wants it.</param>
    public async Task<(InspectedText? Text, Failure? Failure)> InspectAsync(
        GateResult.Whole file, AnswerLinks links, Target target, EncodedTextWriter? coder, CancellationToken cancellationToken)
    {
        if (MirrorLists.IsTorrent(target.TextWithoutQuery, file.Head))
        {
            return (null, Judge(new LinkReport(null, ["peers of a torrent"], []), links, target, file.Head));
        }

        await using var text = Decode(file, spools.MaxFileSize);
        var buffer = new byte[ChunkBytes];
        var first = await text.ReadAtLeastAsync(buffer, TextForm.FirstBytes, throwOnEndOfStream: false, cancellationToken);
        var form = TextForm.Of(
            buffer.AsSpan(0, Math.Min(first, TextForm.FirstBytes)),
            ContentTypes(file.Head),
            MirrorLists.IsMetalink(target.TextWithoutQuery, file.Head));
        if (form.IsBinary && links.OfBody is null)
        {
            return default;
        }

        var isText = TextTypes.HasOne(ContentTypes(file.Head));
        if (isText && links.OfBody is not null)
        {
            RewrittenReply.ThrowIfWide(file.Head);
        }

        var (search, copied) = (new LinkSearch(links.Hosts, form), new InspectedCopy());
        var copy = links.OfBody is { } rewriting ? new RewrittenCopy(rewriting, Take, isText, links.References(target, file.Head)) : null;
        for (var read = first; read > 0; read = await text.ReadAsync(buffer, cancellationToken))
        {
            await (copy?.WriteAsync(buffer.AsMemory(0, read), cancellationToken) ?? Take(buffer.AsMemory(0, read), cancellationToken));
        }

        await (copy?.FinishAsync(cancellationToken) ?? ValueTask.CompletedTask);
        search.Finish();
        var inspected = new InspectedText(copied.Length, copied.Sha256(), copy?.Links ?? 0);
        return (inspected, JudgeRules(search, inspected, isText, links) ?? Judge(search.Report, links, target, file.Head));

        ValueTask Take(ReadOnlyMemory<byte> bytes, CancellationToken _)
        {
            search.Write(bytes.Span);
            copied.Write(bytes.Span);
            coder?.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>An answer's content without its codings.</summary>
    /// <exception cref="ContentCodingException">It has one that is not known here.</exception>
    public static Stream Decode(GateResult.Whole file, long mostBytes) =>
        ContentCoding.TryParse(file.Head.All("Content-Encoding"), out var codings, out var problem)
        ? ContentCoding.Decode(new ContentStream(file.Body), codings, Math.Max(mostBytes, file.Body.Length))
        : throw new ContentCodingException(problem!);

    private static bool IsMirrorList(Target target, UpstreamHead head) =>
        MirrorLists.IsMetalink(target.TextWithoutQuery, head) || MirrorLists.IsTorrent(target.TextWithoutQuery, head);

    private static List<string> ContentTypes(UpstreamHead head) => [.. head.All("Content-Type")];

    /// <summary>What the rules name, and what they cannot be applied to.</summary>
    private static Failure? JudgeRules(LinkSearch search, InspectedText inspected, bool isText, AnswerLinks links) =>
        links.OfBody is null ? null
        : search.Report.OfARule is { } host ? new(
            FailureReason.Unrewritable,
            $"Upstream's answer links to {SafeText.Cut(host, 100)} in a spelling that cannot be rewritten: the client would fetch from "
                + "there, past the scanner.")
        : search.HasZeros && !isText && inspected.Links > 0 ? new(
            FailureReason.Unrewritable,
            "Upstream's answer is not text, but contains a link that must be rewritten: the client could fetch from there, past the "
                + "scanner.")
        : null;

    private Failure? Judge(LinkReport report, AnswerLinks links, Target target, UpstreamHead head)
    {
        // What an error page links to, no client installs.
        if (links.Foreign == ForeignLinks.Allow || report.Foreign.Count + report.Doubtful.Count == 0 || head.Status is < 200 or > 299)
        {
            return null;
        }

        var isRefused = links.Foreign == ForeignLinks.Refuse && report.Foreign.Count > 0;
        notices.Notice(links.Route, target.TextWithoutQuery, report.Foreign.Concat(isRefused ? [] : report.Doubtful), isRefused);
        return isRefused
            ? new(
                FailureReason.ForeignLinks,
                $"Upstream's answer links to packages on {SafeText.Cut(string.Join(", ", report.Foreign), 200)}, which no Rewrite of "
                    + $"route {links.Route} covers: its client would fetch them past the scanner. "
                + $"ClamProxy:Routes:{links.Route}:ForeignLinks=warn delivers it nevertheless.")
            : null;
    }

    /// <summary>Length and digest of what passes through.</summary>
    private sealed class InspectedCopy
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Length { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            Length += bytes.Length;
            _hash.AppendData(bytes);
        }

        public string Sha256()
        {
            using var hash = _hash;
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }
}
