using ClamProxy.Connections;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Uploads;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Problems;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Http.Uploads;

/// <summary>
/// Requests of other methods than GET and HEAD, where their route allows them: into the core with their body, and upstream's answer back.
/// </summary>
internal sealed class UploadCalls(UploadGate gate, UploadRedirect redirects, GateReply reply, FailureReply failures)
{
    /// <param name="context">The request, which has been admitted. Its body is asked for only here (Expect: 100-continue).</param>
    /// <param name="asked">What it asks for.</param>
    /// <param name="request">The same in the gate's words.</param>
    public async Task AnswerAsync(HttpContext context, DoorRequest asked, GateRequest request)
    {
        if (request.Identity is not null && FetchMetadata.IsOfABrowser(context.Request.Headers))
        {
            await ProblemWriter.WriteAsync(context, AskedByAPage);
            return;
        }

        if (context.Request.Headers.ContentRange.Count > 0)
        {
            await ProblemWriter.WriteAsync(context, PieceOfAFile);
            return;
        }

        BodyLimits.LeaveToIntake(context);
        UploadFields.TakeConditions(context.Request.Headers);
        var hasBody = UploadFields.HasBody(context);
        var sent = request with
        {
            Headers = UploadFields.With(request.Headers, context.Request.Headers),
            CacheScan = false,
            Freshness = null,
            Progress = null,
        };
        var upload = new UploadRequest(sent, context.Request.Method)
        {
            Body = hasBody ? context.Request.Body : null,
            Length = hasBody ? context.Request.ContentLength : null,
            BodyFields = hasBody ? UploadFields.Of(context.Request.Headers) : [],
        };
        await using var result = await gate.SendAsync(upload, context.RequestAborted);
        RequestTrack.Of(context)?.Uploaded(result.Sent, result.Length);
        await SendAsync(context, asked, upload.Gate, result);
    }

    /// <summary>
    /// The route's upstream takes requests for ClamProxy's own sake, so that a page which makes a browser send one would have its rights.
    /// </summary>
    private static Problem AskedByAPage { get; } = new(
        StatusCodes.Status403Forbidden, "asked-by-a-page", "Asked by a page",
        "A page in a browser has sent this request (Origin, Sec-Fetch-Site), and on a route with a credential of ClamProxy's own pages "
            + "may only read.");

    private static Problem PieceOfAFile { get; } = BadRequest.Of(
        "Content-Range says that this is one piece of a file, and a piece cannot be scanned for the whole. Send the file in one request.");

    private async Task SendAsync(HttpContext context, DoorRequest asked, GateRequest request, UploadResult result)
    {
        switch (result.Answer)
        {
            case GateResult.Refused refused when result.IsTooLarge:
                RequestTrack.Of(context)?.Take(refused);
                AnswerFields.Set(context.Response, refused.Trace, upstreamStatus: null);
                AnswerFields.SetVerdict(context.Response, refused.Verdict);
                await ProblemWriter.WriteAsync(
                    context,
                    RefusalProblem.Of(refused.Verdict, request.Target.TextWithoutQuery, StatusCodes.Status413PayloadTooLarge));
                break;
            case GateResult.Whole file when redirects.Weigh(request, file.Head, asked.Answer) is { } failure:
                RequestTrack.Of(context)?.Take(file);
                await failures.SendAsync(context, failure);
                break;
            default:
                await reply.SendAsync(context, asked, request, result.Answer);
                break;
        }
    }
}
