using System.Globalization;
using ClamProxy.Connections;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Messages;
using ClamProxy.Core.Requests;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;
using ClamProxy.Doors.Icap.Protocol;
using ClamProxy.Messages;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Icap;

/// <summary>
/// ICAP in, <see cref="MessageScanner"/>, ICAP out (RFC 3507): it translates and decides nothing of a message.
/// <code>
///   request ──► 1 its head ──no such service, method──► status
///                 ▼           ──OPTIONS──► what there is
///               2 the HTTP heads in it ──malformed──► 400
///                 ▼
///               3 known by its head ──refused──► page, without the body
///                 ▼
///               4 body into the spool: preview, 100, the rest ──broken──► 400, too large──► page
///                 ▼
///               5 scanned ──► 204, or the same bytes; page; 500 or 503
/// </code>
/// With ICAP_TRICKLE the answer may begin during steps 4 and 5.
/// </summary>
internal sealed class IcapDoor(
    MessageScanner scanner,
    IcapTrickle trickle,
    IcapOptions options,
    ConnectionOptions connections,
    IcapMetrics metrics,
    RequestTracker tracker,
    TimeProvider clock,
    ILogger<IcapDoor> logger)
{
    /// <summary>Answers one request, whose head has been read. Where that says so, the connection ends after it.</summary>
    public async Task AnswerAsync(IcapExchange exchange, byte[] headBytes)
    {
        // Step 1: its head
        var head = IcapHead.Parse(headBytes, out var fault);
        if (head is null)
        {
            await RejectAsync(exchange, fault!);
            return;
        }

        exchange.Output.Closes |= head.ClosesConnection;
        using var span = IcapTrace.Request(head);
        var track = Begin(exchange);
        (track.Method, track.Url) = (head.Method, $"/{head.Service}");
        try
        {
            var outcome = await AnswerAsync(exchange, head);
            metrics.Answered(head.Method, outcome);
            span.Ended(outcome);
        }
        finally
        {
            await tracker.EndAsync(track, head.Method == IcapHead.RequestModification ? "icap-request" : null);
        }
    }

    /// <summary>Says that a request is not answered. What it still brings cannot be told from the next one: the connection ends.</summary>
    public async Task RejectAsync(IcapExchange exchange, IcapFault fault)
    {
        var track = Begin(exchange);
        try
        {
            await RejectedAsync(exchange, fault);
            metrics.Answered("none", "rejected");
        }
        finally
        {
            tracker.Tell(track);
        }
    }

    /// <summary>Has a request told of when it is over. Not async: the id is to stay with who calls it.</summary>
    private RequestTrack Begin(IcapExchange exchange)
    {
        var track = exchange.Track = tracker.Begin("icap", null, null);
        track.Client = exchange.Peer;
        RequestId.Current = track.Id;
        return track;
    }

    private async Task<string> AnswerAsync(IcapExchange exchange, IcapHead head)
    {
        var methods = IcapServices.MethodsOf(head.Service);
        if (methods is null || (head.Method != IcapHead.Options && !methods.Contains(head.Method)))
        {
            return await RejectedAsync(exchange, methods is null
                ? new(404, "There is no such service; there are respmod, reqmod and avscan.")
                : new(405, $"This service takes {string.Join(" and ", methods)}."));
        }

        IcapFault? fault = null;
        var text = head.First("Encapsulated") ?? (head.Method == IcapHead.Options ? "null-body=0" : "");
        if (Encapsulation.Parse(text, head.Method, (int)options.MaxHttpHeads, out fault) is not { } parts)
        {
            return await RejectedAsync(exchange, fault!);
        }

        if (head.Method == IcapHead.Options)
        {
            (exchange.Track.Status, exchange.Track.Outcome) = (StatusCodes.Status200OK, "options");
            await exchange.Output.StatusAsync("200 OK", IcapServices.OptionsOf(methods, options, clock.GetUtcNow()));
            return "options";
        }

        // Step 2: the HTTP heads in it
        if (await exchange.Input.ReadAsync(parts.HeadsLength, options.HeadTimeout, exchange.Gone) is not { } heads)
        {
            return await RejectedAsync(
                exchange, new(408, "The HTTP heads did not come as Encapsulated says (ClamProxy:Icap:HeadTimeout)."));
        }

        return IcapRequest.Read(head, parts, heads, exchange.ClientOf(head), out fault) is { } request
            ? await AnswerAsync(exchange, request)
            : await RejectedAsync(exchange, fault!);
    }

    private async Task<string> AnswerAsync(IcapExchange exchange, IcapRequest request)
    {
        exchange.Track.Take(request.Message);
        RequestId.Current = exchange.Track.Id;

        // Step 3: known by its head
        var isTrickled = options.Trickle && request.BearsEarlyHead;
        exchange.Begin(request, options.StallTimeout, isTrickled);
        var (refused, isOutdated) = await scanner.FindAsync(request.Message, exchange.Gone);
        if (refused is not null)
        {
            return await ReplyAsync(exchange, request, refused, null);
        }

        if (exchange.Body is null)
        {
            return isOutdated && request.Head.Method == IcapHead.RequestModification
                ? await PassCachesAsync(exchange, request)
                : await PassAsync(exchange, request, null, "clean");
        }

        using var judged = await (isTrickled
            ? trickle.DuringAsync(exchange, request, (progress, ended) => JudgeAsync(exchange, request, progress, ended))
            : JudgeAsync(exchange, request, null, exchange.Gone));
        return await ReplyAsync(exchange, request, judged.Decision, judged.Body);
    }

    /// <param name="progress">Shows what of the body is here; null: nobody looks.</param>
    private async Task<JudgedMessage> JudgeAsync(
        IcapExchange exchange, IcapRequest request, IntakeProgress? progress, CancellationToken cancelled)
    {
        // Step 4: body into the spool
        var taken = await scanner.TakeAsync(request.Message, exchange.Body!, progress, cancelled);
        if (taken is not IntakeResult.Taken { File: var file })
        {
            return new(scanner.DecideNotTaken(request.Message, ((IntakeResult.NotTaken)taken).Failure), null);
        }

        try
        {
            // Step 5: scanned
            return new(await scanner.ScanAsync(request.Message, file, cancelled), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <param name="body">The body; null: it was not taken.</param>
    private async Task<string> ReplyAsync(IcapExchange exchange, IcapRequest request, ScanDecision decision, SpoolFile? body)
    {
        var (outcome, track) = (IcapVerdict.Outcome(decision), exchange.Track);
        track.Take(decision);
        if (MessageReply.Of(request.Message, decision, connections.RetryAfter) is not { } reply)
        {
            return await PassAsync(exchange, request, body!, outcome);
        }

        track.Status = reply.Status;
        if (exchange.Output.HasBegun)
        {
            exchange.Cut();
            return outcome;
        }

        var isBroken = decision is ScanDecision.Failed { Failure.Reason: FailureReason.BodyBroken or FailureReason.BodyTimedOut };
        await exchange.EndBodyAsync(isBroken ? TimeSpan.Zero : options.HeadTimeout);
        switch (decision)
        {
            case ScanDecision.Refused { Verdict: { Verdict: Verdict.Unscannable } verdict }
                when options.Unscannable == UnscannableReply.Error:
                await exchange.Output.StatusAsync("500 Server Error", [IcapVerdict.ErrorCode(verdict)]);
                break;
            case ScanDecision.Refused { Verdict: var verdict }:
                // "Forbidden" is by what Nextcloud and ownCloud tell a refusal whose field they were not set to.
                await exchange.Output.ReplaceAsync(
                    reply with { ReasonPhrase = $"Forbidden: {reply.ReasonPhrase}" }, IcapVerdict.Fields(verdict));
                break;
            case ScanDecision.Failed { Failure: var failure }:
                await exchange.Output.StatusAsync(IcapVerdict.Status(failure.Reason), FieldsOf(failure));
                break;
            default:
                throw new InvalidOperationException("an answer in place of a message that passes");
        }

        return outcome;
    }

    private static async Task<string> PassAsync(IcapExchange exchange, IcapRequest request, SpoolFile? body, string outcome)
    {
        exchange.Track.Status = request.Message.Status ?? StatusCodes.Status200OK;
        exchange.Track.Delivered(body?.Length ?? 0);
        var isToPreview = request.Head.Preview is not null && exchange.Body is null or { IsPreviewed: true };
        await (!exchange.Output.HasBegun && (request.Head.AllowsNoContent || isToPreview)
            ? exchange.Output.NoContentAsync()
            : exchange.Output.EchoAsync(request, body));
        return outcome;
    }

    /// <summary>
    /// The client may have cached what the URL led to, scanned with older signatures: it is to fetch it, and to lend it, again.
    /// </summary>
    private static async Task<string> PassCachesAsync(IcapExchange exchange, IcapRequest request)
    {
        await exchange.Output.EchoAsync(request.PastCaches(), null);
        return "clean";
    }

    private async Task<string> RejectedAsync(IcapExchange exchange, IcapFault fault)
    {
        logger.Faulty(exchange.Peer, fault.Status, fault.Detail);
        (exchange.Output.Closes, exchange.IsRejected) = (true, true);
        exchange.Track.Status = fault.Status;
        exchange.Track.Failed("rejected");
        await exchange.Output.StatusAsync($"{fault.Status} {fault.Phrase}", [new("X-Response-Desc", fault.Detail)]);
        return "rejected";
    }

    private IEnumerable<KeyValuePair<string, string>> FieldsOf(Failure failure)
    {
        yield return new("X-Response-Info", failure.Reason.Facts().Tag);
        yield return new("Retry-After", Math.Ceiling(connections.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture));
    }
}
