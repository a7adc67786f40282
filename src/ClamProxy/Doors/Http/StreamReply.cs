using ClamProxy.Core.Failures;
using ClamProxy.Core.Gate;

namespace ClamProxy.Doors.Http;

/// <summary>Sends a file that has a verdict of earlier, as it comes from upstream. It must look broken if it turns out to be another.</summary>
internal sealed class StreamReply(ViaLoop via)
{
    /// <returns>Null when all of it was sent; else why not.</returns>
    public async Task<Failure?> SendAsync(HttpContext context, GateResult.Streamed file)
    {
        var response = context.Response;
        SetHead(context, file);
        return await file.Body.CopyToAsync(
            async (bytes, cancellationToken) => await response.BodyWriter.WriteAsync(bytes, cancellationToken), context.RequestAborted);
    }

    private void SetHead(HttpContext context, GateResult.Streamed file)
    {
        var response = context.Response;
        response.StatusCode = file.Head.Status;
        ReasonPhrases.Keep(context, file.Head, file.Head.Status);
        ResponseFields.Copy(file.Head, response, via, isPart: false);
        response.ContentLength = file.Body.Length;
        response.Headers.AcceptRanges = "bytes";
        GatedFields.Set(response, file.Passage, upstreamStatus: null);
        GatedFields.SetVerdict(response, file.Verdict);
        GatedFields.SetDigest(response, file.Body.Sha256);
    }
}
