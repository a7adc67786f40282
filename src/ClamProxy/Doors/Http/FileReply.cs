using ClamProxy.Core.Files;
using ClamProxy.Core.Gate;
using ClamProxy.Sending;

namespace ClamProxy.Doors.Http;

/// <summary>Sends a clean file that is here: whole, or the parts that were asked for (RFC 9110 §14, §15.3.7).</summary>
internal sealed class FileReply(HttpDoorOptions options, ViaLoop via)
{
    private const int ChunkBytes = 64 << 10;

    public async Task SendAsync(HttpContext context, GateResult.Whole file)
    {
        var ranges = AskedRanges(context.Request, file.Head, file.Body.Length);
        switch (ranges)
        {
            case null:
                SetHead(context, file, file.Head.Status, isPart: false);
                if (ResponseFields.HasBody(file.Head.Status))
                {
                    context.Response.ContentLength = file.Body.Length;
                    await SendPartAsync(context, file.Body, new ByteRange(0, file.Body.Length));
                }

                break;
            case []:
                GatedFields.Set(context.Response, file.Passage, file.Head.Status);
                SetVerdictFields(context, file);
                context.Response.Headers.ContentRange = $"bytes */{file.Body.Length}";
                await ProblemWriter.WriteAsync(context, new Problem(
                    StatusCodes.Status416RangeNotSatisfiable, "range-not-satisfiable", "Range not satisfiable", $"The file has {file.Body.Length} bytes."));
                break;
            case [var range]:
                SetHead(context, file, StatusCodes.Status206PartialContent, isPart: true);
                context.Response.Headers.ContentRange = $"bytes {range.Start}-{range.Last}/{file.Body.Length}";
                context.Response.ContentLength = range.Length;
                await SendPartAsync(context, file.Body, range);
                break;
            default:
                SetHead(context, file, StatusCodes.Status206PartialContent, isPart: true);
                await new MultipartRanges(context.Response, file.Body.Length, ranges).SendAsync(range => SendPartAsync(context, file.Body, range), context.RequestAborted);
                break;
        }
    }

    /// <summary>Null: the whole file. A range counts only on a plain 200, and behind an If-Range only if the client's copy is this one.</summary>
    public IReadOnlyList<ByteRange>? AskedRanges(HttpRequest request, UpstreamHead head, long length) =>
        head.Status == StatusCodes.Status200OK
        && HttpMethods.IsGet(request.Method)
        && request.Headers.Range is [{ } field]
        && IfRange.Holds(request.Headers.IfRange, head.First("ETag"), head.First("Last-Modified"))
            ? RangeField.Parse(field, length, options.MaxRanges)
            : null;

    /// <summary>Sets the fields that stand before the verdict.</summary>
    public void SetHead(HttpContext context, Passage passage, UpstreamHead head, int status, bool isPart)
    {
        context.Response.StatusCode = status;
        ReasonPhrases.Keep(context, head, status);
        ResponseFields.Copy(head, context.Response, via, isPart);
        if (head.Status == StatusCodes.Status200OK)
        {
            context.Response.Headers.AcceptRanges = "bytes";
        }

        GatedFields.Set(context.Response, passage, head.Status);
    }

    /// <summary>Sets the fields of a file whose verdict is there.</summary>
    public void SetHead(HttpContext context, GateResult.Whole file, int status, bool isPart)
    {
        SetHead(context, file.Passage, file.Head, status, isPart);
        SetVerdictFields(context, file);
        if (file.Place is { } place)
        {
            GatedFields.SetAge(context.Response, file.Head, place);
        }
    }

    private static void SetVerdictFields(HttpContext context, GateResult.Whole file)
    {
        GatedFields.SetVerdict(context.Response, file.Verdict);
        GatedFields.SetDigest(context.Response, file.Verdict.Sha256);
    }

    public static async Task SendPartAsync(HttpContext context, IContentReader body, ByteRange part)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (body.File is not null && SocketConnections.OutputOf(context) is { } output)
        {
            await SendFromFileAsync(context, output, body, part);
        }
        else
        {
            await SendCopyAsync(context, body, part);
        }
    }

    private static async Task SendFromFileAsync(HttpContext context, SocketOutput output, IContentReader body, ByteRange part)
    {
        var writer = context.Response.BodyWriter;
        await context.Response.StartAsync(context.RequestAborted);
        var most = SocketOutput.MostOfFile;
        for (var left = part; left.Length > 0;)
        {
            var length = (int)Math.Min(most, left.Length);
            if (!output.TryWriteFile(writer, body, left.Start, length))
            {
                await SendCopyAsync(context, body, left);
                return;
            }

            var flush = writer.FlushAsync(context.RequestAborted);
            // Each flush has to end in time for MinClientRate: a client that has to be waited for gets less at once.
            most = flush.IsCompleted ? SocketOutput.MostOfFile : ChunkBytes;
            var isOver = (await flush).IsCompleted;
            ThrowIfBroken(output.FileFault);
            if (isOver)
            {
                return;
            }

            left = new ByteRange(left.Start + length, left.Length - length);
        }
    }

    private static async Task SendCopyAsync(HttpContext context, IContentReader body, ByteRange part)
    {
        var writer = context.Response.BodyWriter;
        for (var left = part; left.Length > 0;)
        {
            var chunk = writer.GetMemory(ChunkBytes)[..(int)Math.Min(ChunkBytes, left.Length)];
            var read = await body.ReadAsync(left.Start, chunk, context.RequestAborted);
            if (read == 0)
            {
                throw new EndOfStreamException("a file is shorter than it was when it was scanned");
            }

            writer.Advance(read);
            if ((await writer.FlushAsync(context.RequestAborted)).IsCompleted)
            {
                return;
            }

            left = new ByteRange(left.Start + read, left.Length - read);
        }
    }

    private static void ThrowIfBroken(Exception? fault)
    {
        if (fault is not null)
        {
            throw new IOException(fault.Message, fault);
        }
    }
}
