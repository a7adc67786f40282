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

        var accepted = new List<Job>();
        foreach (var file in files.All)
        {
            var request = new JobRequest(file.Name, priority, client) { Callback = files.Fields.GetValueOrDefault("callback") };
            switch (await jobs.AcceptAsync(file.Content, request, context.RequestAborted))
            {
                case JobAcceptance.Accepted { Job: var job }:
                    accepted.Add(job);
                    break;
                case JobAcceptance.Wrong { Problem: var problem }:
                    // What is wrong with one is wrong with all: it is the first.
                    await reply.RefuseAsync(context, BadRequest.Of(problem));
                    return;
                case JobAcceptance.NotAccepted { Failure: var failure }:
                    await reply.FailAsync(context, accepted.Count == 0 ? failure : Partly(failure, accepted));
                    return;
            }
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
