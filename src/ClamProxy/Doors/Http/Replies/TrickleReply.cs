using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Ranges;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>
/// Keeps a client's read time-out from firing while its file is scanned, then sends the rest. It must look broken if the verdict is bad.
/// </summary>
internal sealed class TrickleReply(FileReply fileReply, PartSender parts, ResumeCheck resumes)
{
    /// <summary>Whether a trickle suits this request; else it has to wait for the verdict.</summary>
    /// <param name="mayWeigh">The request's conditions have not gone upstream.</param>
    public bool Suits(HttpContext context, GateResult.Trickling file, bool mayWeigh) => Part(context, file, mayWeigh) is not null;

    /// <returns>Null when all of it was sent; else why not.</returns>
    public async Task<Failure?> SendAsync(HttpContext context, GateRequest request, GateResult.Trickling file, bool mayWeigh)
    {
        var (part, isPart) = Part(context, file, mayWeigh)!.Value;
        SetHead(context, file, part, isPart);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        var end = await file.Body.TrickleAsync(
            part.Start, file.Body.Length is null ? null : part.Last + 1,
            async (bytes, cancellationToken) =>
            {
                await context.Response.BodyWriter.WriteAsync(bytes, cancellationToken);
                RequestTrack.Of(context)?.Delivered(bytes.Length);
            },
            context.RequestAborted);
        await using (end.Answer)
        {
            RequestTrack.Of(context)?.Take(end.Answer);
            if (end.Failure is null && end.Answer is GateResult.Whole { Body: var body } whole)
            {
                if (await resumes.WeighRestAsync(context, request, whole, isPart) is { } changed)
                {
                    return changed;
                }

                var last = file.Body.Length is null ? body.Length : part.Last + 1;
                await parts.SendAsync(context, body, new ByteRange(end.Sent, last - end.Sent));
                await DeliveredAsync(context, file);
            }

            return end.Failure;
        }
    }

    /// <summary>The last byte was handed on: unless its client has left, what was sent of the file is no longer remembered.</summary>
    public static async ValueTask DeliveredAsync(HttpContext context, GateResult.Trickling file)
    {
        if (!context.RequestAborted.IsCancellationRequested)
        {
            await file.Body.DeliveredAsync();
        }
    }

    /// <summary>
    /// The one part to send; null where there are several or none, where a condition is not met, where it is too short for a trickle, or
    /// where its place is not known yet.
    /// </summary>
    private (ByteRange Part, bool IsPart)? Part(HttpContext context, GateResult.Trickling file, bool mayWeigh)
    {
        if ((file.AreConditionsOpen || mayWeigh) && StoredReply.Weigh(context.Request, file.Head) != PreconditionOutcome.Proceed)
        {
            return null;
        }

        if (file.Body.Length is not { } length)
        {
            return context.Request.Headers.Range.Count == 0 ? (new ByteRange(0, 0), false) : null;
        }

        return fileReply.AskedRanges(context.Request, file.Head, length) switch
        {
            null => (new ByteRange(0, length), false),
            [var one] when file.Body.CanTrickle(one.Length) => (one, true),
            _ => null,
        };
    }

    private void SetHead(HttpContext context, GateResult.Trickling file, ByteRange part, bool isPart)
    {
        fileReply.SetHead(context, file.Trace, file.Head, isPart ? StatusCodes.Status206PartialContent : file.Head.Status, isPart);
        if (file.Body.Length is { } length)
        {
            context.Response.ContentLength = part.Length;
            if (isPart)
            {
                context.Response.Headers.ContentRange = $"bytes {part.Start}-{part.Last}/{length}";
            }
        }
    }
}
