using ClamProxy.Core.Fetching;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Problems;
using ClamProxy.Ranges;

namespace ClamProxy.Doors.Http.Replies;

/// <summary>Sends a clean file that is here: whole, or the parts that were asked for (RFC 9110 §14, §15.3.7).</summary>
internal sealed class FileReply(PartSender parts, HttpDoorOptions options, ViaLoop via)
{
    public async Task SendAsync(HttpContext context, GateResult.Whole file)
    {
        var ranges = AskedRanges(context.Request, file.Head, file.Body.Length);
        switch (ranges)
        {
            case null:
                SetHead(context, file, file.Head.Status, isPart: false);
                if (ResponseFields.HasBody(file.Head.Status))
                {
                    context.Response.ContentLength = ResumeCheck.OmitsLength(context) ? null : file.Body.Length;
                    await parts.SendAsync(context, file.Body, new ByteRange(0, file.Body.Length));
                }

                break;
            case []:
                AnswerFields.Set(context.Response, file.Trace, file.Head.Status);
                SetVerdictFields(context, file);
                context.Response.Headers.ContentRange = $"bytes */{file.Body.Length}";
                await ProblemWriter.WriteAsync(context, new Problem(
                    StatusCodes.Status416RangeNotSatisfiable,
                    "range-not-satisfiable",
                    "Range not satisfiable",
                    $"The file has {file.Body.Length} bytes."));
                break;
            case [var range]:
                SetHead(context, file, StatusCodes.Status206PartialContent, isPart: true);
                context.Response.Headers.ContentRange = $"bytes {range.Start}-{range.Last}/{file.Body.Length}";
                context.Response.ContentLength = range.Length;
                await parts.SendAsync(context, file.Body, range);
                break;
            default:
                SetHead(context, file, StatusCodes.Status206PartialContent, isPart: true);
                await new MultipartRanges(context.Response, file.Body.Length, ranges).SendAsync(
                    range => parts.SendAsync(context, file.Body, range), context.RequestAborted);
                break;
        }
    }

    /// <summary>
    /// Null: the whole file. A range counts only on a plain 200, and behind an If-Range only if the client's copy is this one.
    /// </summary>
    public IReadOnlyList<ByteRange>? AskedRanges(HttpRequest request, UpstreamHead head, long length) =>
        head.Status == StatusCodes.Status200OK
        && HttpMethods.IsGet(request.Method)
        && request.Headers.Range is [{ } field]
        && IfRange.Holds(request.Headers.IfRange, head.First("ETag"), head.First("Last-Modified"))
            ? RangeField.Parse(field, length, options.MaxRanges)
            : null;

    /// <summary>Sets the fields that stand before the verdict.</summary>
    public void SetHead(HttpContext context, AnswerTrace trace, UpstreamHead head, int status, bool isPart)
    {
        context.Response.StatusCode = status;
        ReasonPhrases.Keep(context, head, status);
        ResponseFields.Copy(head, context.Response, via, isPart);
        if (head.Status == StatusCodes.Status200OK)
        {
            context.Response.Headers.AcceptRanges = "bytes";
        }

        AnswerFields.Set(context.Response, trace, head.Status);
    }

    /// <summary>Sets the fields of a file whose verdict is there.</summary>
    public void SetHead(HttpContext context, GateResult.Whole file, int status, bool isPart)
    {
        SetHead(context, file.Trace, file.Head, status, isPart);
        SetVerdictFields(context, file);
        if (file.Place is { } place)
        {
            AnswerFields.SetAge(context.Response, place);
        }
    }

    private static void SetVerdictFields(HttpContext context, GateResult.Whole file)
    {
        AnswerFields.SetVerdict(context.Response, file.Verdict);
        AnswerFields.SetDigest(context.Response, file.Verdict.Sha256);
    }
}
