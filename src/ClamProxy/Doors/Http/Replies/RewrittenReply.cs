using ClamProxy.Core.Compression;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Files;
using ClamProxy.Core.Spool;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Ranges;
using ClamProxy.Rewriting;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// Sends a text with its links rewritten. What was scanned, and what is kept, is upstream's own; only what leaves here is another text, of
/// which parts are not served. Conditions are weighed here, by the new text's tag alone: its date is that of upstream's bytes, and says
/// nothing of the rules.
/// </summary>
internal sealed class RewrittenReply(
    RewrittenFields fields, AnswerInspector inspector, ResumeCheck resumes, RewritingMetrics metrics, SpoolFolder spools, ViaLoop via)
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>
    /// Whether an answer that is not here as a whole is rewritten: a text, or upstream's word that the client's text is current.
    /// </summary>
    public static bool Takes(GateResult result) => result switch
    {
        GateResult.Trickling file => RewrittenFields.Concern(file.Head),
        // Upstream was asked about rewritten texts only.
        GateResult.NotModified => true,
        _ => false,
    };

    /// <summary>Whether a trickle suits: the text has to be the one that upstream sends.</summary>
    public static bool SuitsTrickle(HttpContext context, GateResult.Trickling file, LinkRewriting links) =>
        file.Head.First("Content-Encoding") is null
        && Weigh(context, file.Head, links) == PreconditionOutcome.Proceed;

    /// <summary>Sends an answer that <see cref="Takes"/> is true of.</summary>
    /// <returns>Null when all of it was sent; else why not.</returns>
    public async Task<Failure?> SendAsync(HttpContext context, GateRequest request, GateResult result, AnswerLinks answer)
    {
        var links = answer.OfBody!;
        try
        {
            return result switch
            {
                GateResult.NotModified unchanged => SetNotModified(context, unchanged.Trace, unchanged.Head, links),
                GateResult.Trickling file => await SendTrickleAsync(context, request, file, answer),
                _ => throw new InvalidOperationException($"no text: {result.GetType().Name}"),
            };
        }
        catch (Exception e) when (e is UnrewritableTextException or ContentCodingException or ContentTooLargeException)
        {
            return new Failure(FailureReason.Unrewritable, e.Message, e);
        }
    }

    /// <summary>Weighs the request's conditions, and sends what is neither current nor ruled out by them.</summary>
    public async Task<Failure?> WeighAndSendAsync(
        HttpContext context, GateResult result, UpstreamHead head, LinkRewriting links, Func<Task<Failure?>> send)
    {
        switch (Weigh(context, head, links))
        {
            case PreconditionOutcome.NotModified:
                return SetNotModified(context, result.Trace, head, links);
            case PreconditionOutcome.Failed:
                await StoredReply.FailedAsync(context, result.Trace);
                return null;
            default:
                return await send();
        }
    }

    /// <summary>What the request's conditions say of the rewritten text.</summary>
    public static PreconditionOutcome Weigh(HttpContext context, UpstreamHead head, LinkRewriting links) =>
        head.Status == StatusCodes.Status200OK
        ? Preconditions.Evaluate(context.Request.Headers, links.Tags.Mark(head.First("ETag")), lastModified: null)
        : PreconditionOutcome.Proceed;

    private Failure? SetNotModified(HttpContext context, AnswerTrace trace, UpstreamHead head, LinkRewriting links)
    {
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        ResponseFields.Copy(head, context.Response, via, isPart: false);
        fields.Set(context, head, links);
        SuitedCoding.EchoTag(context);
        AnswerFields.Set(context.Response, trace, head.Status);
        return null;
    }

    /// <summary>
    /// Sends a text that is here and was gone through once, so that length and digest can be said before the first byte is sent.
    /// </summary>
    public async Task<Failure?> SendWholeAsync(
        HttpContext context, GateResult.Whole file, AnswerLinks answer, Target target, InspectedText text)
    {
        var links = answer.OfBody!;
        SetHead(context, file, links, text.Sha256);
        if (ResponseFields.HasBody(file.Head.Status))
        {
            context.Response.ContentLength = ResumeCheck.OmitsLength(context) ? null : text.Length;
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                var isText = RewrittenFields.Concern(file.Head);
                await CopyAsync(
                    file,
                    new RewrittenCopy(links, SendTo(context), isText, answer.References(target, file.Head)),
                    context.RequestAborted);
                metrics.Sent(text.Links);
            }
        }

        return null;
    }

    /// <summary>Sends a text that is here in gzip, to a client that takes it.</summary>
    public async Task<Failure?> SendEncodedAsync(HttpContext context, GateResult.Whole file, LinkRewriting links, EncodedText text)
    {
        SetHead(context, file, links, text.Sha256);
        RewrittenFields.SetGzip(context.Response);
        context.Response.ContentLength = ResumeCheck.OmitsLength(context) ? null : text.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            var send = SendTo(context);
            for (var rest = text.Bytes; rest.Length > 0; rest = rest[Math.Min(ChunkBytes, rest.Length)..])
            {
                await send(rest[..Math.Min(ChunkBytes, rest.Length)], context.RequestAborted);
            }

            metrics.Sent(text.Links);
        }

        return null;
    }

    private void SetHead(HttpContext context, GateResult.Whole file, LinkRewriting links, string sha256)
    {
        SetHead(context, file.Trace, file.Head, links, file.Head.Status);
        AnswerFields.SetVerdict(context.Response, file.Verdict);
        AnswerFields.SetDigest(context.Response, sha256);
        if (file.Place is { } place)
        {
            AnswerFields.SetAge(context.Response, place);
        }
    }

    private async Task CopyAsync(GateResult.Whole file, RewrittenCopy copy, CancellationToken cancellationToken)
    {
        await using var text = AnswerInspector.Decode(file, spools.MaxFileSize);
        var buffer = new byte[ChunkBytes];
        int read;
        while ((read = await text.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await copy.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        await copy.FinishAsync(cancellationToken);
    }

    /// <summary>
    /// What was trickled is searched once all of it is here: where it leads past the scanner, its last bytes are never sent.
    /// </summary>
    private async Task<Failure?> SendTrickleAsync(HttpContext context, GateRequest request, GateResult.Trickling file, AnswerLinks answer)
    {
        var links = answer.OfBody!;
        SetHead(context, file.Trace, file.Head, links, file.Head.Status);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        var copy = new RewrittenCopy(links, SendTo(context), references: answer.References(request.Target, file.Head));
        var end = await file.Body.TrickleAsync(0, file.Body.Length, copy.WriteAsync, context.RequestAborted);
        await using (end.Answer)
        {
            RequestTrack.Of(context)?.Take(end.Answer);
            if (end.Failure is null && end.Answer is GateResult.Whole whole)
            {
                if ((await inspector.InspectAsync(whole, answer, request.Target, null, context.RequestAborted)).Failure is { } leading)
                {
                    return leading;
                }

                resumes.Remember(request, whole);
                await CopyRestAsync(whole.Body, end.Sent, copy, context.RequestAborted);
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

    private void SetHead(HttpContext context, AnswerTrace trace, UpstreamHead head, LinkRewriting links, int? upstreamStatus)
    {
        ThrowIfWide(head);
        context.Response.StatusCode = head.Status;
        ReasonPhrases.Keep(context, head, head.Status);
        ResponseFields.Copy(head, context.Response, via, isPart: false);
        fields.Set(context, head, links);
        AnswerFields.Set(context.Response, trace, upstreamStatus);
    }

    /// <exception cref="UnrewritableTextException">A text's type names a character code in which links cannot be found.</exception>
    public static void ThrowIfWide(UpstreamHead head)
    {
        if (TextTypes.HasWideCharset(head.All("Content-Type")))
        {
            throw new UnrewritableTextException("Upstream's text is in a character set in which links cannot be rewritten.");
        }
    }

    private static Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> SendTo(HttpContext context) =>
        async (bytes, cancellationToken) =>
        {
            await context.Response.BodyWriter.WriteAsync(bytes, cancellationToken);
            RequestTrack.Of(context)?.Delivered(bytes.Length);
        };
}
