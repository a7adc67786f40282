using System.Globalization;
using ClamProxy.Core.Compression;
using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Ranges;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>Sends an answer that is here as a whole, once its links were checked: rewritten where rules name them, else as it is.</summary>
internal sealed class WholeReply(
    AnswerInspector inspector,
    EncodedTexts texts,
    RewrittenReply rewrittenReply,
    StoredReply storedReply,
    FileReply fileReply,
    ResumeCheck resumes,
    TimeProvider clock)
{
    /// <returns>Null when it was answered; else why it is not to be delivered.</returns>
    public async Task<Failure?> SendAsync(HttpContext context, DoorRequest asked, GateRequest request, GateResult.Whole file)
    {
        var begun = clock.GetTimestamp();
        try
        {
            if (asked.Answer is { } answer && AnswerInspector.Concerns(answer, request.Target, file.Head))
            {
                var (isSent, failure) = await SendInspectedAsync(context, file, answer, request);
                if (isSent || failure is not null)
                {
                    return failure;
                }
            }

            var isWeighed = file.Place is not null
                || request.Freshness is not null
                || (asked.Links is not null && file.Head.Status == StatusCodes.Status200OK);
            await (isWeighed ? storedReply.SendAsync(context, file) : fileReply.SendAsync(context, file));
            return null;
        }
        finally
        {
            if (file.Head.Status == StatusCodes.Status200OK && HttpMethods.IsGet(context.Request.Method))
            {
                resumes.RememberAgain(request, file, begun);
            }
        }
    }

    /// <returns>Whether it was answered; if not, it is to be sent as it is, unless there is a failure.</returns>
    private async Task<(bool IsSent, Failure? Failure)> SendInspectedAsync(
        HttpContext context, GateResult.Whole file, AnswerLinks answer, GateRequest request)
    {
        if (answer.OfBody is { } rules && IsSettled(RewrittenReply.Weigh(context, file.Head, rules), file.Head))
        {
            return (true, await rewrittenReply.WeighAndSendAsync(context, file, file.Head, rules, () => Task.FromResult<Failure?>(null)));
        }

        var key = answer.OfBody is not null && texts.IsOn && AcceptedCodings.Of(context.Request).Take(Coding.Gzip)
            ? KeyOf(file, answer, request.Target)
            : null;
        return key is not null && texts.Find(key) is { } text
            ? (true, await SendEncodedAsync(context, file, answer, text))
            : await InspectAndSendAsync(context, file, answer, request, key);
    }

    private Task<Failure?> SendEncodedAsync(HttpContext context, GateResult.Whole file, AnswerLinks answer, EncodedText text) =>
        rewrittenReply.WeighAndSendAsync(
            context, file, file.Head, answer.OfBody!, () => rewrittenReply.SendEncodedAsync(context, file, answer.OfBody!, text));

    /// <summary>The coder's turn ends here: a client may take its answer slowly.</summary>
    private async Task<(InspectedText? Text, EncodedText? Encoded, Failure? Failure)> InspectAsync(
        HttpContext context, GateResult.Whole file, AnswerLinks answer, Target target, bool isCoded)
    {
        using var coder = isCoded ? texts.TryBegin() : null;
        var (text, failure) = await inspector.InspectAsync(file, answer, target, coder, context.RequestAborted);
        return (text, text is null ? null : coder?.Finish(text.Links), failure);
    }

    private static EncodedTextKey KeyOf(GateResult.Whole file, AnswerLinks answer, Target target) => new(
        file.Verdict.Sha256,
        answer.OfBody!.Tags.Rules,
        answer.Route,
        answer.Foreign,
        target.TextWithoutQuery,
        file.Head.RedirectedTo,
        string.Join(
            '\n',
            [
                file.Head.Status.ToString(CultureInfo.InvariantCulture), .. file.Head.All("Content-Type"), "",
                .. file.Head.All("Content-Encoding"),
            ]));

    /// <summary>
    /// Whether the conditions alone decide: a copy is current if it has the rewritten text's tag, but whether a file that is called no text
    /// is rewritten is not known yet.
    /// </summary>
    private static bool IsSettled(PreconditionOutcome outcome, UpstreamHead head) =>
        outcome == PreconditionOutcome.NotModified || (outcome == PreconditionOutcome.Failed && RewrittenFields.Concern(head));

    private async Task<(bool IsSent, Failure? Failure)> InspectAndSendAsync(
        HttpContext context, GateResult.Whole file, AnswerLinks answer, GateRequest request, EncodedTextKey? key)
    {
        var target = request.Target;
        try
        {
            var (text, encoded, failure) = await InspectAsync(context, file, answer, target, isCoded: key is not null);
            if (failure is not null
                || text is null
                || answer.OfBody is not { } rules
                || (text.Links == 0 && !RewrittenFields.Concern(file.Head)))
            {
                return (false, failure);
            }

            if (encoded is not null)
            {
                if (file.Head.IsShareable && !request.IsPrivate)
                {
                    texts.Keep(key!, encoded);
                }

                return (true, await SendEncodedAsync(context, file, answer, encoded));
            }

            await rewrittenReply.WeighAndSendAsync(
                context, file, file.Head, rules, () => rewrittenReply.SendWholeAsync(context, file, answer, target, text));
            return (true, null);
        }
        catch (Exception e) when (e is UnrewritableTextException or ContentCodingException or ContentTooLargeException)
        {
            return (false, new Failure(FailureReason.Unrewritable, e.Message, e));
        }
    }
}
