using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Gate;
using ClamProxy.Rewriting;

namespace ClamProxy.Doors.Http;

/// <summary>Sends an answer that is here once its links were checked, where any of them have to be rewritten or it is refused for them.</summary>
internal sealed class InspectedReply(AnswerInspector inspector, RewrittenReply rewrittenReply)
{
    /// <returns>Whether it was answered; if not, it is to be sent as it is, unless there is a failure.</returns>
    public async Task<(bool IsSent, Failure? Failure)> SendAsync(HttpContext context, GateResult.Whole file, AnswerLinks answer, Target target)
    {
        if (answer.OfBody is { } rules && IsSettled(RewrittenReply.Weigh(context, file.Head, rules), file.Head))
        {
            return (true, await rewrittenReply.WeighAndSendAsync(context, file, file.Head, rules, () => Task.FromResult<Failure?>(null)));
        }

        return await InspectAndSendAsync(context, file, answer, target);
    }

    /// <summary>Whether the conditions alone decide: a copy is current if it has the rewritten text's tag, but whether a file that is called no text is rewritten is not known yet.</summary>
    private static bool IsSettled(PreconditionOutcome outcome, UpstreamHead head) =>
        outcome == PreconditionOutcome.NotModified || (outcome == PreconditionOutcome.Failed && RewrittenFields.Concern(head));

    private async Task<(bool IsSent, Failure? Failure)> InspectAndSendAsync(HttpContext context, GateResult.Whole file, AnswerLinks answer, Target target)
    {
        try
        {
            var (text, failure) = await inspector.InspectAsync(file, answer, target, context.RequestAborted);
            if (failure is not null || text is null || answer.OfBody is not { } rules || (text.Links == 0 && !RewrittenFields.Concern(file.Head)))
            {
                return (false, failure);
            }

            await rewrittenReply.WeighAndSendAsync(context, file, file.Head, rules, () => rewrittenReply.SendWholeAsync(context, file, rules, text));
            return (true, null);
        }
        catch (Exception e) when (e is UnrewritableTextException or ContentCodingException or ContentTooLargeException)
        {
            return (false, new Failure(FailureReason.Unrewritable, e.Message, e));
        }
    }
}
