using ClamProxy.Core.Fetching;
using ClamProxy.Problems;
using ClamProxy.Ranges;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// Answers with a stored file, or one that was stored on its way, as an origin server does: conditions are weighed here, for upstream was
/// not asked, or not by them.
/// </summary>
internal sealed class StoredReply(FileReply fileReply, HttpDoorOptions options)
{
    private const string SendfileType = "X-Sendfile-Type";
    private const string AccelRedirect = "X-Accel-Redirect";

    public Task SendAsync(HttpContext context, GateResult.Whole file)
    {
        return Weigh(context.Request, file.Head) switch
        {
            PreconditionOutcome.NotModified => NotModifiedAsync(context, file),
            PreconditionOutcome.Failed => FailedAsync(context, file.Trace),
            PreconditionOutcome.Proceed when file.Place is { Location: { } location } && NginxSends(context, file.Head) =>
                HandOverAsync(context, file, location),
            PreconditionOutcome.Proceed => fileReply.SendAsync(context, file),
        };
    }

    /// <summary>Conditions count only on what would be a 200 without them (RFC 9110 §13.2.1).</summary>
    public static PreconditionOutcome Weigh(HttpRequest request, UpstreamHead head) => head.Status == StatusCodes.Status200OK
        ? Preconditions.Evaluate(request.Headers, head.First("ETag"), head.First("Last-Modified"))
        : PreconditionOutcome.Proceed;

    private Task NotModifiedAsync(HttpContext context, GateResult.Whole file)
    {
        fileReply.SetHead(context, file, StatusCodes.Status304NotModified, isPart: false);
        return Task.CompletedTask;
    }

    public static Task FailedAsync(HttpContext context, AnswerTrace trace)
    {
        AnswerFields.Set(context.Response, trace, upstreamStatus: null);
        return ProblemWriter.WriteAsync(context, new Problem(
            StatusCodes.Status412PreconditionFailed,
            "precondition-failed",
            "Precondition failed",
            "The file does not match the conditions of the request."));
    }

    /// <summary>
    /// Leaves the bytes to the nginx in front; it weighs If-Match and If-Unmodified-Since its own way, so those stay here. So does what is
    /// coded: nginx drops Content-Encoding where it sends another file.
    /// </summary>
    private bool NginxSends(HttpContext context, UpstreamHead head) => context.Request is var request
        && options.AccelRedirect.Length > 0
        && head.Status == StatusCodes.Status200OK
        && head.First("Content-Encoding") is null
        && !ResumeCheck.OmitsLength(context)
        && HttpMethods.IsGet(request.Method)
        && request.Headers[SendfileType] == AccelRedirect
        && request.Headers.IfMatch.Count == 0
        && request.Headers.IfUnmodifiedSince.Count == 0;

    private Task HandOverAsync(HttpContext context, GateResult.Whole file, string location)
    {
        fileReply.SetHead(context, file, file.Head.Status, isPart: false);
        context.Response.Headers[AccelRedirect] = options.AccelRedirect + location;
        // nginx says so itself, beside what it takes from here.
        context.Response.Headers.Remove("Accept-Ranges");
        context.Response.ContentLength = 0;
        RequestTrack.Of(context)?.HandedOver(file.Body.Length);

        // A cache before us must not give this empty answer to those who did not ask for it.
        context.Response.Headers.Append("Vary", SendfileType);
        return Task.CompletedTask;
    }
}
