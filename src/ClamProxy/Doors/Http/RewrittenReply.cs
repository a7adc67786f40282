using System.Security.Cryptography;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;
using ClamProxy.Core.Gate;
using ClamProxy.Core.Spool;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http;

/// <summary>
/// Sends a text with its links written anew. What was scanned, and what is kept, is upstream's own; only what leaves here is another text, of which parts
/// are not served. Conditions are weighed here, by the new text's tag alone: its date is that of upstream's bytes, and says nothing of the rules.
/// </summary>
internal sealed class RewrittenReply(RewrittenFields fields, RewritingMetrics metrics, SpoolFolder spools, ViaLoop via)
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>Whether an answer of a route that rewrites is rewritten: a text, or upstream's word that the client's text is current.</summary>
    public static bool Takes(GateResult result) => result switch
    {
        GateResult.Whole file => RewrittenFields.Concern(file.Head),
        GateResult.Trickling file => RewrittenFields.Concern(file.Head),
        // Upstream was asked about rewritten texts only.
        GateResult.NotModified => true,
        _ => false,
    };

    /// <summary>Whether a trickle suits: the text has to be the one that upstream sends.</summary>
    public static bool SuitsTrickle(HttpContext context, GateResult.Trickling file, LinkRewriting links) =>
        file.Head.First("Content-Encoding") is null
        && Weigh(context, file.Head, links) == PreconditionOutcome.Proceed;

    /// <returns>Null when all of it was sent; else why not.</returns>
    public async Task<Failure?> SendAsync(HttpContext context, GateResult result, LinkRewriting links)
    {
        try
        {
            return result switch
            {
                GateResult.NotModified unchanged => SetNotModified(context, unchanged.Passage, unchanged.Head, links),
                GateResult.Whole file => await WeighAndSendAsync(context, file, file.Head, links, () => SendWholeAsync(context, file, links)),
                GateResult.Trickling file => await SendTrickleAsync(context, file, links),
                _ => throw new InvalidOperationException($"no text: {result.GetType().Name}"),
            };
        }
        catch (Exception e) when (e is UnrewritableTextException or ContentCodingException or ContentTooLargeException)
        {
            return new Failure(FailureReason.Unrewritable, e.Message, e);
        }
    }

    private async Task<Failure?> WeighAndSendAsync(HttpContext context, GateResult result, UpstreamHead head, LinkRewriting links, Func<Task<Failure?>> send)
    {
        switch (Weigh(context, head, links))
        {
            case PreconditionOutcome.NotModified:
                return SetNotModified(context, result.Passage, head, links);
            case PreconditionOutcome.Failed:
                await StoredReply.FailedAsync(context, result.Passage);
                return null;
            default:
                return await send();
        }
    }

    private static PreconditionOutcome Weigh(HttpContext context, UpstreamHead head, LinkRewriting links) => head.Status == StatusCodes.Status200OK
        ? Preconditions.Evaluate(context.Request.Headers, links.Tags.Mark(head.First("ETag")), lastModified: null)
        : PreconditionOutcome.Proceed;

    private Failure? SetNotModified(HttpContext context, Passage passage, UpstreamHead head, LinkRewriting links)
    {
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        ResponseFields.Copy(head, context.Response, via, isPart: false);
        fields.Set(context, head, links);
        GatedFields.Set(context.Response, passage, head.Status);
        return null;
    }

    /// <summary>The file is here: it is gone through twice, so that length and digest can be said before the first byte is sent.</summary>
    private async Task<Failure?> SendWholeAsync(HttpContext context, GateResult.Whole file, LinkRewriting links)
    {
        long length = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var found = await CopyAsync(
            file, links,
            (bytes, _) =>
            {
                length += bytes.Length;
                hash.AppendData(bytes.Span);
                return ValueTask.CompletedTask;
            },
            context.RequestAborted);

        SetHead(context, file.Passage, file.Head, links, file.Head.Status);
        GatedFields.SetVerdict(context.Response, file.Verdict);
        GatedFields.SetDigest(context.Response, Convert.ToHexStringLower(hash.GetHashAndReset()));
        if (file.Place is { } place)
        {
            GatedFields.SetAge(context.Response, file.Head, place);
        }

        if (ResponseFields.HasBody(file.Head.Status))
        {
            context.Response.ContentLength = ResumeCheck.OmitsLength(context) ? null : length;
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                await CopyAsync(file, links, SendTo(context), context.RequestAborted);
                metrics.Sent(found);
            }
        }

        return null;
    }

    /// <returns>The links that were written anew.</returns>
    private async Task<long> CopyAsync(
        GateResult.Whole file, LinkRewriting links, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send, CancellationToken cancellationToken)
    {
        if (!ContentCoding.TryParse(file.Head.All("Content-Encoding"), out var codings, out var problem))
        {
            throw new ContentCodingException(problem!);
        }

        var copy = new RewrittenCopy(links, send);
        await using var text = ContentCoding.Decode(new ContentStream(file.Body), codings, Math.Max(spools.MaxFileSize, file.Body.Length));
        var buffer = new byte[ChunkBytes];
        int read;
        while ((read = await text.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await copy.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        await copy.FinishAsync(cancellationToken);
        return copy.Links;
    }

    private async Task<Failure?> SendTrickleAsync(HttpContext context, GateResult.Trickling file, LinkRewriting links)
    {
        SetHead(context, file.Passage, file.Head, links, file.Head.Status);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        var copy = new RewrittenCopy(links, SendTo(context));
        var end = await file.Body.TrickleAsync(0, file.Body.Length, copy.WriteAsync, context.RequestAborted);
        await using (end.Answer)
        {
            if (end.Failure is null && end.Answer is GateResult.Whole { Body: var body })
            {
                await CopyRestAsync(body, end.Sent, copy, context.RequestAborted);
                await TrickleReply.DeliveredAsync(context, file);
                metrics.Sent(copy.Links);
            }

            return end.Failure;
        }
    }

    private static async Task CopyRestAsync(IContentReader body, long from, RewrittenCopy copy, CancellationToken cancellationToken)
    {
        var buffer = new byte[ChunkBytes];
        for (var at = from; at < body.Length;)
        {
            var read = await body.ReadAsync(at, buffer, cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException("a file is shorter than it was when it was scanned");
            }

            await copy.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            at += read;
        }

        await copy.FinishAsync(cancellationToken);
    }

    private void SetHead(HttpContext context, Passage passage, UpstreamHead head, LinkRewriting links, int? upstreamStatus)
    {
        if (TextTypes.HasWideCharset(head.All("Content-Type")))
        {
            throw new UnrewritableTextException("Upstream's text is in a character code in which links are not found here.");
        }

        context.Response.StatusCode = head.Status;
        ReasonPhrases.Keep(context, head, head.Status);
        ResponseFields.Copy(head, context.Response, via, isPart: false);
        fields.Set(context, head, links);
        GatedFields.Set(context.Response, passage, upstreamStatus);
    }

    private static Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> SendTo(HttpContext context) =>
        async (bytes, cancellationToken) => await context.Response.BodyWriter.WriteAsync(bytes, cancellationToken);
}
