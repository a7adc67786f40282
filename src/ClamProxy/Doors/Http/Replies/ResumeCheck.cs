using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Unproved;
using ClamProxy.Problems;
using ClamProxy.Ranges;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// Keeps clients from putting one file together of two: of what they were sent before a verdict, by a trickle that broke, and of another
/// file that is clean; or of two clean ones. Asked once for every answer, whoever sends it: this process, an nginx by X-Accel-Redirect, the
/// store, a flight, or a stored answer in upstream's place.
/// </summary>
internal sealed class ResumeCheck(UnprovedTransfers unproved, DeliveredContents given, UnprovedMetrics metrics, FileReply fileReply)
{
    public static readonly Problem Problem = new(
        StatusCodes.Status409Conflict, "changed-since-begun", "Changed since it was begun: download it anew",
        "The part that you have is of another file, or was never found clean, and this answer does not continue it. Delete that part and "
            + "download the file again.");

    // By each of them a client could take what it has for the whole file.
    private static readonly string[] OfTheWhole = ["Content-Length", "ETag", "Last-Modified", "Accept-Ranges"];

    /// <summary>
    /// Whether the whole file is sent to a client that asked for a part: curl -C - takes an answer as long as what it has for the end of
    /// its file.
    /// </summary>
    public static bool OmitsLength(HttpContext context) => context.Features.Get<UnknownLength>() is not null;

    /// <summary>
    /// Finds a client that has a part of this file, and may be about to ask whether that is all: then its conditions do not count (wget -N
    /// and curl -z take 304 for "you have it"), and a HEAD says nothing of the file's size and age.
    /// </summary>
    /// <returns>Whether it is one, so that the request has changed.</returns>
    public async ValueTask<bool> TakeConditionsAsync(HttpContext context, GateRequest request)
    {
        var (headers, isHead) = (context.Request.Headers, HttpMethods.IsHead(context.Request.Method));
        if ((!isHead && headers.IfNoneMatch.Count + headers.IfModifiedSince.Count == 0)
            || !await unproved.HasAsync(request.Client, request.Target, context.RequestAborted))
        {
            return false;
        }

        headers.Remove("If-None-Match");
        headers.Remove("If-Modified-Since");
        if (isHead)
        {
            context.Response.OnStarting(() =>
            {
                Array.ForEach(OfTheWhole, name => context.Response.Headers.Remove(name));
                return Task.CompletedTask;
            });
        }

        return true;
    }

    /// <summary>Whether a part may be trickled: not to a client that has another part which nobody proved.</summary>
    public async ValueTask<bool> MayTrickleAsync(HttpContext context, GateRequest request, GateResult.Trickling file) =>
        (context.Request.Headers.Range.Count == 0 || !await unproved.HasAsync(request.Client, request.Target, context.RequestAborted))
        && await file.Body.TryBeginAsync();

    /// <summary>Remembers of which content a client is given bytes.</summary>
    public void Remember(GateRequest request, GateResult.Whole file) => given.Remember(request.Client, request.Target, ContentOf(file));

    /// <summary>Called again when the transfer is over, which may have taken long.</summary>
    /// <param name="begun">The clock's timestamp when it began.</param>
    public void RememberAgain(GateRequest request, GateResult.Whole file, long begun) =>
        given.RememberAgain(request.Client, request.Target, ContentOf(file), begun);

    /// <summary>Whether the rest of a trickle may leave, whose content is known only now.</summary>
    /// <returns>Null, and its content is remembered; else why the client must see a broken transfer.</returns>
    public async ValueTask<Failure?> WeighRestAsync(HttpContext context, GateRequest request, GateResult.Whole file, bool isPart)
    {
        if (isPart && !await TryRememberAsync(context, request, file))
        {
            metrics.Resumed("refused");
            return new Failure(FailureReason.ContentChanged, "The client has bytes of another file.");
        }

        Remember(request, file);
        return null;
    }

    /// <param name="context">The request and its answer.</param>
    /// <param name="request">What the gate was asked.</param>
    /// <param name="result">What it answered.</param>
    /// <param name="hasLinks">Whether the text is rewritten, so that parts of it are not served.</param>
    public async ValueTask<RangeDecision> WeighAsync(HttpContext context, GateRequest request, GateResult result, bool hasLinks)
    {
        var isGiven = result is GateResult.Whole && HttpMethods.IsGet(context.Request.Method);
        var isOfPart = context.Request.Headers.Range.Count > 0
            && result is not (GateResult.Refused or GateResult.Failed or GateResult.Trickling);

        // Both memories may be in Redis: they are asked at once. Where a trickle is waited for, the second one is asked again after that.
        var ahead = isOfPart && isGiven ? given.AskAheadAsync(request.Client, request.Target, context.RequestAborted) : null;
        var hasBytes = isOfPart && await unproved.HasAsync(request.Client, request.Target, context.RequestAborted);
        var resume = hasBytes ? await WeighUnprovedAsync(context, request, result, hasLinks) : RangeDecision.Free;
        return resume != RangeDecision.Refused && isGiven
            ? await WeighGivenAsync(context, request, (GateResult.Whole)result, resume, hasBytes || ahead is null ? null : await ahead)
            : resume;
    }

    private static UnprovedPiece ContentOf(GateResult.Whole file) => new(0, file.Body.Length, file.Verdict.Sha256);

    private ValueTask<bool> TryRememberAsync(
        HttpContext context, GateRequest request, GateResult.Whole file, IReadOnlyList<UnprovedPiece>? ahead = null) =>
        given.TryRememberAsync(
        request.Client,
        request.Target,
        ContentOf(file),
        other => other.IsInAsync(file.Body, file.Verdict.Sha256, context.RequestAborted),
        context.RequestAborted,
        ahead);

    /// <param name="ahead">What other processes said just now.</param>
    private async ValueTask<RangeDecision> WeighGivenAsync(
        HttpContext context, GateRequest request, GateResult.Whole file, RangeDecision resume, IReadOnlyList<UnprovedPiece>? ahead)
    {
        var headers = context.Request.Headers;
        if (file.Head.Status != StatusCodes.Status200OK)
        {
            // Errors stay what they are, for clients that try again later; but curl -C - takes one as long as what it has for the end of
            // its file.
            if (headers.Range.Count > 0 && await given.HasAsync(request.Client, request.Target, context.RequestAborted))
            {
                context.Features.Set(UnknownLength.One);
            }

            return resume;
        }

        if (headers.Range.Count > 0 && resume == RangeDecision.Free)
        {
            if (await TryRememberAsync(context, request, file, ahead))
            {
                return resume;
            }

            var isUnmet = headers.IfRange.Count > 0
                && !IfRange.Holds(headers.IfRange, file.Head.First("ETag"), file.Head.First("Last-Modified"));
            metrics.Resumed(isUnmet ? "whole" : "refused");
            if (!isUnmet)
            {
                return RangeDecision.Refused;
            }

            context.Features.Set(UnknownLength.One);
        }

        // The whole file is requested: the client starts again, whatever it has.
        Remember(request, file);
        return headers.Range.Count > 0 ? RangeDecision.Whole : resume;
    }

    private async ValueTask<RangeDecision> WeighUnprovedAsync(HttpContext context, GateRequest request, GateResult result, bool hasLinks)
    {
        var sent = await unproved.FindAsync(request.Client, request.Target, context.RequestAborted);
        if (sent.Count == 0)
        {
            return RangeDecision.Free;
        }

        var resume = await WeighAsync(context, sent, result, hasLinks);
        metrics.Resumed(resume switch { RangeDecision.Refused => "refused", RangeDecision.Whole => "whole", RangeDecision.Free => "same" });
        if (resume == RangeDecision.Whole)
        {
            context.Features.Set(UnknownLength.One);
        }

        return resume;
    }

    private async ValueTask<RangeDecision> WeighAsync(
        HttpContext context, IReadOnlyList<UnprovedPiece?> sent, GateResult result, bool hasLinks)
    {
        if (result is not GateResult.Whole { Head.Status: StatusCodes.Status200OK } file)
        {
            return RangeDecision.Refused;
        }

        var headers = context.Request.Headers;
        var (etag, lastModified) = (file.Head.First("ETag"), file.Head.First("Last-Modified"));
        if (headers.IfRange.Count > 0 && (hasLinks || !IfRange.Holds(headers.IfRange, etag, lastModified)))
        {
            return RangeDecision.Whole;
        }

        return !hasLinks
            && fileReply.AskedRanges(context.Request, file.Head, file.Body.Length) is not null
            && await HasAllAsync(file, sent, context.RequestAborted)
            ? RangeDecision.Free
            : RangeDecision.Refused;
    }

    private static async ValueTask<bool> HasAllAsync(
        GateResult.Whole file, IReadOnlyList<UnprovedPiece?> sent, CancellationToken cancellationToken)
    {
        foreach (var piece in sent)
        {
            if (piece is null || !await piece.IsInAsync(file.Body, file.Verdict.Sha256, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A mark on the request.</summary>
    private sealed class UnknownLength
    {
        public static readonly UnknownLength One = new();
    }
}
