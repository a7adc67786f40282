using ClamProxy.Core.Failures;
using ClamProxy.Core.Jobs;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Api;

/// <summary><c>POST /upload</c>: each file becomes a job, whose result is asked for later.</summary>
internal sealed class UploadEndpoint(Uploads uploads, JobIntake jobs, ApiReply reply)
{
    public Task AnswerAsync(HttpContext context) =>
        uploads.AnswerAsync(context, mayBeRaw: false, (files, client) => AcceptAsync(context, files, client));

    private async Task AcceptAsync(HttpContext context, Upload.Files files, string? client)
    {
        if (JobNames.ToPriority(files.Fields.GetValueOrDefault("priority")) is not { } priority)
        {
            await reply.RefuseAsync(context, BadRequest.Of("The form's field priority takes high or normal."));
            return;
        }

        if (files.Fields.ContainsKey("callback"))
        {
            await reply.RefuseAsync(context, BadRequest.Of("Callbacks are not supported: ask for GET /result/{id}?wait=30s instead."));
            return;
        }

        var accepted = new List<Job>();
        foreach (var file in files.All)
        {
            var acceptance = await jobs.AcceptAsync(file.Content, new JobRequest(file.Name, priority, client), context.RequestAborted);
            if (acceptance is JobAcceptance.NotAccepted { Failure: var failure })
            {
                await reply.FailAsync(context, accepted.Count == 0 ? failure : Partly(failure, accepted));
                return;
            }

            accepted.Add(((JobAcceptance.Accepted)acceptance).Job);
        }

        await (accepted is [var one]
            ? reply.AcceptedAsync(context, one)
            : reply.WriteAsync<IReadOnlyList<JobAnswer>>(
                context,
                StatusCodes.Status202Accepted,
                [.. accepted.Select(job => JobAnswer.Of(new JobRecord(job, null)))],
                ApiJson.Default.IReadOnlyListJobAnswer));
    }

    private static Failure Partly(Failure failure, List<Job> accepted) => failure with
    {
        Detail = $"{failure.Detail} The first {accepted.Count} files are accepted: {string.Join(", ", accepted.Select(job => job.Id))}.",
    };
}
