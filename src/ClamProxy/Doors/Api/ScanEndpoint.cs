using ClamProxy.Connections;
using ClamProxy.Core.Admission;
using ClamProxy.Core.Scanning;
using ClamProxy.Core.Verdicts;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Api;

/// <summary><c>POST /scan</c>: the connection is held until there is a verdict. Nothing of the content is kept but its verdict.</summary>
internal sealed class ScanEndpoint(UploadReader uploads, ContentScanner scanner, ClientAddress clients, ApiReply reply)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var client = clients.NetworkOf(context);
        switch (await uploads.ReadAsync(context, client, mayBeRaw: true, context.RequestAborted))
        {
            case Upload.Wrong { Problem: var problem }:
                await reply.RefuseAsync(context, problem);
                break;
            case Upload.NotTaken { Failure: var failure }:
                await reply.FailAsync(context, failure);
                break;
            case Upload.Files { All: [var file] } files:
                using (files)
                {
                    await ScanAsync(context, file, client);
                }

                break;
            case Upload.Files files:
                files.Dispose();
                await reply.RefuseAsync(context, BadRequest.Of("One file at a time: POST /upload takes several."));
                break;
        }
    }

    public static ScanVerdictAnswer AnswerOf(ContentRecord verdict, long? size, bool isKnown, bool isReleased) => new(
        verdict.Verdict.Name() ?? throw new InvalidOperationException("an answer without a verdict"),
        verdict.Signature,
        verdict.Reason.Name(),
        verdict.Sha256,
        size,
        verdict.Engine,
        verdict.Database,
        verdict.ScannedAt,
        isKnown,
        isReleased);

    private async Task ScanAsync(HttpContext context, UploadedFile file, string? client)
    {
        var subject = new ScanSubject("an upload to /scan") { Clients = WaitingClients.Of(client) };
        var decision = await scanner.ScanAsync(subject, file.Content, context.RequestAborted);
        if (decision is ScanDecision.Judged judged)
        {
            var answer = AnswerOf(
                judged.Verdict, file.Content.Length, decision.Origin == VerdictOrigin.Known, decision is ScanDecision.Released);
            await reply.WriteAsync(context, StatusCodes.Status200OK, answer, ApiJson.Default.ScanVerdictAnswer);
            return;
        }

        await reply.FailAsync(context, ((ScanDecision.Failed)decision).Failure);
    }
}
