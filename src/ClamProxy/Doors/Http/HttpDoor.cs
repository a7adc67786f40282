using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Doors.Http.Problems;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Stopping;

namespace ClamProxy.Doors.Http;

/// <summary>HTTP in, the gate, HTTP out: it translates and decides nothing.</summary>
internal sealed class HttpDoor(
    GateRequestReader reader,
    ContentGate gate,
    TrickleReply trickleReply,
    RewrittenReply rewrittenReply,
    WholeReply wholeReply,
    HeadForwarder headForwarder,
    ViaLoop via,
    DoorAccess access,
    ResumeCheck resumes,
    InterimResponses interims,
    RequestBounds bounds,
    StopState stop,
    HttpDoorOptions options,
    HttpDoorMetrics metrics,
    ILogger<HttpDoor> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            CloseIfStopping(context);
            using var place = bounds.Enter(context);
            await (place.Problem is { } problem ? ProblemWriter.WriteAsync(context, problem) : AnswerAsync(context));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await FailAsync(context, new Failure(FailureReason.Internal, "An internal error of ClamProxy; its log has the details.", e));
        }
        finally
        {
            metrics.Answered(context);
            HttpDoorTrace.Answered(context);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if ((RequestFields.TooLong(context.Request.Headers, options) ?? await access.RefuseAsync(context)) is { } refusal)
        {
            await ProblemWriter.WriteAsync(context, refusal);
            return;
        }

        var isHead = HttpMethods.IsHead(context.Request.Method);
        if (!isHead && !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            await ProblemWriter.WriteAsync(context, new Problem(
                StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed",
                "ClamProxy fetches files: send GET or HEAD. Publish, log in and audit at the registry itself."));
            return;
        }

        var asked = reader.Read(context);
        if (asked.Gate is { } first && await resumes.TakeConditionsAsync(context, first))
        {
            asked = reader.Read(context) with { HasUnprovedPart = true };
        }

        context.Response.OnStarting(SettleLinks, (context.Response, asked.Answer));
        if (asked.Gate is not { } request)
        {
            await ProblemWriter.WriteAsync(context, asked.Problem!);
        }
        else if (isHead)
        {
            await AnswerHeadAsync(context, asked, request);
        }
        else
        {
            if (asked.Ahead is { } ahead)
            {
                gate.BeginAhead(ahead);
            }

            await AnswerGetAsync(context, asked, request);
        }
    }

    private static Task SettleLinks(object state)
    {
        var (response, answer) = ((HttpResponse, AnswerLinks?))state;
        LinkFields.Settle(response.Headers, answer);
        return Task.CompletedTask;
    }

    private async Task AnswerHeadAsync(HttpContext context, DoorRequest asked, GateRequest request)
    {
        await using var known = await gate.FindAsync(request, context.RequestAborted);
        if (known is not null)
        {
            await SendAsync(context, asked, request, known);
        }
        else
        {
            Prepare(context, asked);
            var failure = await headForwarder.SendAsync(context, request, asked.Links);
            await using var standIn = failure?.Reason.Facts().Blame == Blame.Upstream ? await gate.FindStandInAsync(request, context.RequestAborted) : null;
            if (standIn is null || context.Response.HasStarted)
            {
                await FailAsync(context, failure);
            }
            else
            {
                context.Response.Clear();
                await SendAsync(context, asked, request, standIn);
            }
        }
    }

    private async Task AnswerGetAsync(HttpContext context, DoorRequest asked, GateRequest request)
    {
        await using var result = await OpenAsync(context, request);
        if (result is GateResult.Trickling patient && !(Suits(context, asked, request, patient) && await resumes.MayTrickleAsync(context, request, patient)))
        {
            await using var late = await patient.Body.WaitAsync(context.RequestAborted)
                ?? await gate.OpenAsync(request with { Delivery = DeliveryMode.Hold }, context.RequestAborted);
            await SendAsync(context, asked, request, late);
        }
        else
        {
            await SendAsync(context, asked, request, result);
        }
    }

    private Task<GateResult> OpenAsync(HttpContext context, GateRequest request)
    {
        return interims.Begin(context, request) is { } sender ? OpenWith(sender) : gate.OpenAsync(request, context.RequestAborted);

        async Task<GateResult> OpenWith(InterimSender interim)
        {
            await using var sending = interim;
            return await gate.OpenAsync(request, context.RequestAborted);
        }
    }

    private bool Suits(HttpContext context, DoorRequest asked, GateRequest request, GateResult.Trickling file) => asked.Links is { } links && RewrittenFields.Concern(file.Head)
        ? RewrittenReply.SuitsTrickle(context, file, links)
        : (asked.Answer is null || AnswerInspector.MayTrickle(asked.Answer, request.Target, file)) && trickleReply.Suits(context, file, mayWeigh: asked.Links is not null);

    /// <summary>Whether what the client gets may differ from what was scanned, so that parts of it are not served.</summary>
    private static bool MayRewrite(DoorRequest asked, GateRequest request, GateResult result) =>
        asked.Links is not null
        && (RewrittenReply.Takes(result) || (result is GateResult.Whole file && AnswerInspector.Concerns(asked.Answer!, request.Target, file.Head)));

    private async Task SendAsync(HttpContext context, DoorRequest asked, GateRequest request, GateResult result)
    {
        using var span = HttpDoorTrace.Deliver(result);
        var resume = await resumes.WeighAsync(context, request, result, hasLinks: MayRewrite(asked, request, result));
        if (resume == Resume.Refused || (asked.HasUnprovedPart && result is GateResult.NotModified))
        {
            await ProblemWriter.WriteAsync(context, ResumeCheck.Problem);
            return;
        }

        Prepare(context, asked);
        switch (result)
        {
            case GateResult.Trickling or GateResult.NotModified when asked.Links is not null && RewrittenReply.Takes(result):
                await FailAsync(context, await rewrittenReply.SendAsync(context, request, result, asked.Answer!));
                break;
            case GateResult.Whole file:
                await FailAsync(context, await wholeReply.SendAsync(context, asked, request, file));
                break;
            case GateResult.Trickling file:
                await FailAsync(context, await trickleReply.SendAsync(context, request, file, mayWeigh: asked.Links is not null));
                break;
            case GateResult.NotModified notModified:
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                ResponseFields.Copy(notModified.Head, context.Response, via, isPart: false);
                GatedFields.Set(context.Response, notModified.Trace, notModified.Head.Status);
                break;
            case GateResult.Refused refused:
                await RefuseAsync(context, request, refused);
                break;
            case GateResult.Failed failed:
                GatedFields.Set(context.Response, failed.Trace, upstreamStatus: null);
                await ReplyAsync(context, failed.Failure);
                break;
        }
    }

    /// <summary>Sets what holds for whatever upstream's answer will be.</summary>
    private void Prepare(HttpContext context, DoorRequest asked)
    {
        if (asked.Cookies is { } cookies)
        {
            context.Features.Set(cookies);
        }

        if (options.IsolateContent)
        {
            ContentIsolation.Set(context.Response);
        }
    }

    private static async Task RefuseAsync(HttpContext context, GateRequest request, GateResult.Refused refused)
    {
        GatedFields.Set(context.Response, refused.Trace, upstreamStatus: null);
        GatedFields.SetVerdict(context.Response, refused.Verdict);
        if (refused.Verdict.Sha256.Length > 0)
        {
            GatedFields.SetDigest(context.Response, refused.Verdict.Sha256);
        }

        await ProblemWriter.WriteAsync(context, RefusalReply.Of(refused.Verdict, request.Target));
    }

    private async Task FailAsync(HttpContext context, Failure? failure)
    {
        if (failure is null)
        {
            return;
        }

        var facts = failure.Reason.Facts();
        logger.Failed(facts.Level, facts.Tag, failure.Detail, failure.Cause);
        if (!context.Response.HasStarted)
        {
            context.Response.Clear();
        }

        await ReplyAsync(context, failure);
    }

    /// <summary>Says why there is no file; where a part of it has left already, the transfer must look broken instead.</summary>
    private async Task ReplyAsync(HttpContext context, Failure failure)
    {
        if (context.Response.HasStarted || failure.Reason == FailureReason.ClientGone)
        {
            context.Abort();
            return;
        }

        CloseIfStopping(context);
        await ProblemWriter.WriteAsync(context, FailureReplies.Of(failure, options.RetryAfter));
    }

    /// <summary>Sends a client with a kept connection elsewhere before this process is gone. HTTP/2 has GOAWAY for it.</summary>
    private void CloseIfStopping(HttpContext context)
    {
        if (stop.IsStopping && !HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }
}
