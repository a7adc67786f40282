using ClamProxy.Connections;
using ClamProxy.Core.Jobs;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Api;

/// <summary><c>POST /scan/url</c>: a worker fetches the file as the proxy would, and its result is asked for later.</summary>
internal sealed class ScanUrlEndpoint(JobIntake jobs, ClientAddress clients, ApiReply reply)
{
    private const string WhatIsTaken = "Send JSON: {\"url\": \"https://files.example.org/file.zip\", \"priority\": \"normal\"}.";

    public async Task AnswerAsync(HttpContext context)
    {
        if (await JsonBody.ReadAsync(context, ApiJson.Default.ScanUrlBody) is not { Url: { } url } asked)
        {
            await reply.RefuseAsync(context, BadRequest.Of(WhatIsTaken));
            return;
        }

        if (JobNames.ToPriority(asked.Priority) is not { } priority)
        {
            await reply.RefuseAsync(context, BadRequest.Of("priority takes high or normal."));
            return;
        }

        var request = new JobRequest(null, priority, clients.NetworkOf(context)) { Callback = asked.Callback };
        switch (await jobs.AcceptUrlAsync(url, request, context.RequestAborted))
        {
            case JobAcceptance.Accepted { Job: var job }:
                await reply.AcceptedAsync(context, job);
                break;
            case JobAcceptance.Wrong { Problem: var problem }:
                await reply.RefuseAsync(context, BadRequest.Of(problem));
                break;
            case JobAcceptance.NotAccepted { Failure: var failure }:
                await reply.FailAsync(context, failure);
                break;
        }
    }
}
