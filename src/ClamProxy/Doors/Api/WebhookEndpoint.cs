using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Api;

/// <summary><c>/webhooks</c>: who is told of a job's end.</summary>
internal sealed class WebhookEndpoint(JobCallbacks callbacks, JobResults results, ApiReply reply)
{
    private const string WhatIsTaken = "Send JSON: {\"url\": \"https://hooks.example.org/scans\", \"file_id\": \"…\"}.";

    public Task SubscribeAsync(HttpContext context) => AnswerAsync(context, async (record, url) =>
    {
        if (await callbacks.SubscribeAsync(record, url, context.RequestAborted) is { } problem)
        {
            return BadRequest.Of(problem);
        }

        await WriteAsync(context, "subscribed", record, url);
        return null;
    });

    public Task UnsubscribeAsync(HttpContext context) => AnswerAsync(context, async (record, url) =>
    {
        await callbacks.UnsubscribeAsync(record.Job.Id, url, context.RequestAborted);
        await WriteAsync(context, "unsubscribed", record, url);
        return null;
    });

    public async Task ListAsync(HttpContext context, string id)
    {
        if (await results.FindAsync(id, TimeSpan.Zero, context.RequestAborted) is null)
        {
            await NotFoundAsync(context);
            return;
        }

        var all = await callbacks.ListAsync(id, context.RequestAborted);
        var open = all.Where(callback => callback.State is CallbackState.Waiting or CallbackState.Due);
        await reply.WriteAsync(
            context,
            StatusCodes.Status200OK,
            new(id, [.. open.Select(callback => WebhookState.Of(callback).Url)], [.. all.Select(WebhookState.Of)]),
            ApiJson.Default.WebhookListAnswer);
    }

    private async Task AnswerAsync(HttpContext context, Func<JobRecord, string, Task<Problem?>> answer)
    {
        if (await JsonBody.ReadAsync(context, ApiJson.Default.WebhookBody) is not { Url: { } url, FileId: { } id })
        {
            await reply.RefuseAsync(context, BadRequest.Of(WhatIsTaken));
        }
        else if (await results.FindAsync(id, TimeSpan.Zero, context.RequestAborted) is not { } record)
        {
            await NotFoundAsync(context);
        }
        else if (await answer(record, url) is { } problem)
        {
            await reply.RefuseAsync(context, problem);
        }
    }

    private Task WriteAsync(HttpContext context, string status, JobRecord record, string url) => reply.WriteAsync(
        context, StatusCodes.Status200OK, new WebhookAnswer(status, record.Job.Id, url), ApiJson.Default.WebhookAnswer);

    private Task NotFoundAsync(HttpContext context) => reply.NotFoundAsync(context, "There is no such job, or its life is over.");
}
