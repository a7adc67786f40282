using ClamProxy.Connections;

namespace ClamProxy.Doors.Api;

/// <summary>What every request that brings files does first: they are read, or the client is told why not.</summary>
internal sealed class Uploads(UploadReader reader, ClientAddress clients, ApiReply reply)
{
    /// <param name="mayBeRaw">Whether the body may be one file.</param>
    /// <param name="answer">Answers with the files, of the client that is named; they go when it has ended.</param>
    public async Task AnswerAsync(HttpContext context, bool mayBeRaw, Func<Upload.Files, string?, Task> answer)
    {
        var client = clients.NetworkOf(context);
        switch (await reader.ReadAsync(context, client, mayBeRaw, context.RequestAborted))
        {
            case Upload.Wrong { Problem: var problem }:
                await reply.RefuseAsync(context, problem);
                break;
            case Upload.NotTaken { Failure: var failure }:
                await reply.FailAsync(context, failure);
                break;
            case Upload.Files files:
                using (files)
                {
                    await answer(files, client);
                }

                break;
        }
    }
}
