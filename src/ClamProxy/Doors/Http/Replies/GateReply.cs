using ClamProxy.Core.Fetching;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Problems;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// Sends what the gate answered: each kind of result by the reply that is made for it, once it is certain that the client may put it
/// together with what it has.
/// </summary>
internal sealed class GateReply(
    ResumeCheck resumes,
    WholeReply wholeReply,
    TrickleReply trickleReply,
    RewrittenReply rewrittenReply,
    SuitedCoding suited,
    FailureReply failures,
    ViaLoop via)
{
    /// <summary>Whether this client may get the beginning of a file before its verdict; else it has to wait for that.</summary>
    public async ValueTask<bool> MayTrickleAsync(HttpContext context, DoorRequest asked, GateRequest request, GateResult.Trickling file) =>
        Suits(context, asked, request, file) && await resumes.MayTrickleAsync(context, request, file);

    public async Task SendAsync(HttpContext context, DoorRequest asked, GateRequest request, GateResult result)
    {
        using var span = HttpDoorTrace.Deliver(result);
        if (result is not GateResult.Whole whole)
        {
            // Only who takes its coding is given the beginning of a file.
            await SendSuitedAsync(context, asked, request, result is GateResult.Trickling trickling
                ? trickling with { Head = SuitedCoding.HeadFor(context, request, trickling.Head) }
                : result);
            return;
        }

        var (file, failure) = await suited.OfAsync(context, request, whole);
        if (file is null)
        {
            await failures.SendAsync(context, failure);
            return;
        }

        // What was decoded has a body of its own; the other is let go of by whoever asked the gate.
        using var decoded = ReferenceEquals(file.Body, whole.Body) ? null : file.Body;
        await SendSuitedAsync(context, asked, request, file);
    }

    private async Task SendSuitedAsync(HttpContext context, DoorRequest asked, GateRequest request, GateResult result)
    {
        RequestTrack.Of(context)?.Take(result);
        var resume = await resumes.WeighAsync(context, request, result, hasLinks: MayRewrite(asked, request, result));
        if (resume == RangeDecision.Refused || (asked.HasUnprovedPart && result is GateResult.NotModified))
        {
            RequestTrack.Of(context)?.Failed(ResumeCheck.Problem.Kind);
            await ProblemWriter.WriteAsync(context, ResumeCheck.Problem);
            return;
        }

        asked.Prepare(context);
        switch (result)
        {
            case GateResult.Trickling or GateResult.NotModified when asked.Links is not null && RewrittenReply.Takes(result):
                await failures.SendAsync(context, await rewrittenReply.SendAsync(context, request, result, asked.Answer!));
                break;
            case GateResult.Whole file:
                await failures.SendAsync(context, await wholeReply.SendAsync(context, asked, request, file));
                break;
            case GateResult.Trickling file:
                await failures.SendAsync(context, await trickleReply.SendAsync(context, request, file, mayWeigh: asked.Links is not null));
                break;
            case GateResult.NotModified notModified:
                SetNotModified(context, notModified);
                break;
            case GateResult.Refused refused:
                await RefuseAsync(context, request, refused);
                break;
            case GateResult.Failed failed:
                AnswerFields.Set(context.Response, failed.Trace, upstreamStatus: null);
                await failures.SendLoggedAsync(context, failed.Failure);
                break;
        }
    }

    private bool Suits(HttpContext context, DoorRequest asked, GateRequest request, GateResult.Trickling file) =>
        SuitedCoding.Suits(context, request, file.Head) && SuitsAsItCame(context, asked, request, file);

    private bool SuitsAsItCame(HttpContext context, DoorRequest asked, GateRequest request, GateResult.Trickling file) =>
        asked.Links is { } links && RewrittenFields.Concern(file.Head)
            ? RewrittenReply.SuitsTrickle(context, file, links)
            : (asked.Answer is null || AnswerInspector.MayTrickle(asked.Answer, request.Target, file))
                && trickleReply.Suits(context, file, mayWeigh: asked.Links is not null);

    /// <summary>Whether what the client gets may differ from what was scanned, so that parts of it are not served.</summary>
    private static bool MayRewrite(DoorRequest asked, GateRequest request, GateResult result) =>
        asked.Links is not null
        && (RewrittenReply.Takes(result)
            || (result is GateResult.Whole file && AnswerInspector.Concerns(asked.Answer!, request.Target, file.Head)));

    private void SetNotModified(HttpContext context, GateResult.NotModified notModified)
    {
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        ResponseFields.Copy(notModified.Head, context.Response, via, isPart: false);
        SuitedCoding.EchoTag(context);
        AnswerFields.Set(context.Response, notModified.Trace, notModified.Head.Status);
    }

    private static Task RefuseAsync(HttpContext context, GateRequest request, GateResult.Refused refused)
    {
        AnswerFields.Set(context.Response, refused.Trace, upstreamStatus: null);
        AnswerFields.SetVerdict(context.Response, refused.Verdict);
        if (refused.Verdict.Sha256.Length > 0)
        {
            AnswerFields.SetDigest(context.Response, refused.Verdict.Sha256);
        }

        return ProblemWriter.WriteAsync(
            context, RefusalProblem.Of(refused.Verdict, request.Target.TextWithoutQuery, StatusCodes.Status409Conflict));
    }
}
