using ClamProxy.Core.Admission;
using ClamProxy.Core.Scanning;
using ClamProxy.Problems;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Api;

/// <summary><c>POST /scan</c>: the connection is held until there is a verdict. Nothing of the content is kept but its verdict.</summary>
internal sealed class ScanEndpoint(Uploads uploads, ContentScanner scanner, ApiReply reply)
{
    public Task AnswerAsync(HttpContext context) => uploads.AnswerAsync(context, mayBeRaw: true, (files, client) => files.All is [var file]
        ? ScanAsync(context, file, client)
        : reply.RefuseAsync(context, BadRequest.Of("One file at a time: POST /upload takes several.")));

    private async Task ScanAsync(HttpContext context, UploadedFile file, string? client)
    {
        var subject = new ScanSubject("an upload to /scan") { Clients = WaitingClients.Of(client), Door = "api" };
        var decision = await scanner.ScanAsync(subject, file.Content, context.RequestAborted);
        RequestTrack.Of(context)?.Take(decision);
        if (decision is ScanDecision.Judged judged)
        {
            var answer = ScanVerdictAnswer.Of(
                judged.Verdict, file.Content.Length, decision.Origin == VerdictOrigin.Known, decision is ScanDecision.Released);
            await reply.WriteAsync(context, StatusCodes.Status200OK, answer, ApiJson.Default.ScanVerdictAnswer);
            return;
        }

        await reply.FailAsync(context, ((ScanDecision.Failed)decision).Failure);
    }
}
