using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Doors.Http.Progress;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Doors.Http.Uploads;
using ClamProxy.Problems;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Http;

/// <summary>
/// HTTP in, the gate, HTTP out: it translates and decides nothing of a file.
/// <code>
///   request ──► 1 admit: room, size, credentials, method ──no──► problem
///                 ▼
///               2 read: route, source, fields that go upstream ──wrong──► problem
///                 ▼
///               3 ask the gate ──HEAD, nothing known──► upstream's head, handed on
///                 │            ──PUT, POST, … where the route allows it──► its body scanned, then upstream's answer
///                 ▼
///               4 reply: whole, trickling, rewritten, not modified, refused or failed
/// </code>
/// </summary>
internal sealed class HttpDoor(
    RequestAdmission admission,
    GateRequestReader reader,
    ResumeCheck resumes,
    GateCalls gate,
    GateReply reply,
    ProgressReply progress,
    UploadCalls uploads,
    FailureReply failures,
    HttpDoorMetrics metrics)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            failures.CloseIfStopping(context);
            using var place = admission.TakePlace(context);
            await (place.Problem is { } problem ? ProblemWriter.WriteAsync(context, problem) : AnswerAsync(context));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await failures.SendAsync(
                context, new Failure(FailureReason.Internal, "An internal error of ClamProxy; its log has the details.", e));
        }
        finally
        {
            metrics.Answered(context);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // Step 1: admit
        if (await admission.RefuseAsync(context) is { } refusal)
        {
            await ProblemWriter.WriteAsync(context, refusal);
            return;
        }

        // Step 2: read
        var asked = await ReadAsync(context);
        context.Response.OnStarting(SettleLinks, (context.Response, asked));
        if (asked.Gate is not { } request)
        {
            await ProblemWriter.WriteAsync(context, asked.Problem!);
            return;
        }

        RequestTrack.Of(context)?.Url = request.Target.TextWithoutQuery;

        await (HttpMethods.IsGet(context.Request.Method) ? AnswerGetAsync(context, asked, request)
            : HttpMethods.IsHead(context.Request.Method) ? AnswerHeadAsync(context, asked, request)
            : uploads.AnswerAsync(context, asked, request));
    }

    private async Task<DoorRequest> ReadAsync(HttpContext context)
    {
        var asked = reader.Read(context);
        return asked.Gate is { } request && IsReading(context) && await resumes.TakeConditionsAsync(context, request)
            ? reader.Read(context) with { HasUnprovedPart = true }
            : asked;
    }

    private static bool IsReading(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);

    private async Task AnswerHeadAsync(HttpContext context, DoorRequest asked, GateRequest request)
    {
        // Step 3: ask the gate
        await using var result = await gate.AskHeadAsync(context, asked, request);

        // Step 4: reply
        if (result is GateResult.Failed failed)
        {
            await failures.SendAsync(context, failed.Failure);
        }
        else if (result is not null)
        {
            await reply.SendAsync(context, asked, request, result);
        }
    }

    private async Task AnswerGetAsync(HttpContext context, DoorRequest asked, GateRequest request)
    {
        if (ProgressVisit.IsWatching(context))
        {
            await progress.WatchAsync(context, asked, request);
            return;
        }

        // Step 3: ask the gate
        await using var result = await gate.AskAsync(context, asked, request);
        if (request.Progress is not null && result is GateResult.Failed { Failure.Reason: FailureReason.StillScanning })
        {
            await progress.ShowAsync(context, request);
            return;
        }

        if (result is GateResult.Trickling trickling && !await reply.MayTrickleAsync(context, asked, request, trickling))
        {
            await using var late = await gate.AwaitVerdictAsync(context, request, trickling);
            await reply.SendAsync(context, asked, request, late);
            return;
        }

        // Step 4: reply
        await reply.SendAsync(context, asked, request, result);
    }

    private static Task SettleLinks(object state)
    {
        var (response, asked) = ((HttpResponse, DoorRequest))state;
        var relative = asked.Gate is { } request && response.HttpContext.Features.Get<UpstreamHead>() is { } head
            ? asked.Answer?.Relative(request.Target, head)
            : null;
        LinkFields.Settle(response.Headers, asked.Answer, relative);
        return Task.CompletedTask;
    }
}
