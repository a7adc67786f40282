using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Jobs;
using ClamProxy.Problems;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Api;

/// <summary>Writes the API's answers: JSON, problems, failures in HTTP's terms.</summary>
internal sealed class ApiReply(FailureReply failures)
{
    public Task WriteAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        RequestTrack.Of(context)?.Sent(body.Length);
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>A job was accepted: where its result will be.</summary>
    public Task AcceptedAsync(HttpContext context, Job job)
    {
        context.Response.Headers.Location = $"/result/{job.Id}";
        return WriteAsync(context, StatusCodes.Status202Accepted, JobAnswer.Of(new JobRecord(job, null)), ApiJson.Default.JobAnswer);
    }

    public Task RefuseAsync(HttpContext context, Problem problem) => ProblemWriter.WriteAsync(context, problem);

    /// <summary>What is too large is the sender's to mend here, unlike a download.</summary>
    public Task FailAsync(HttpContext context, Failure failure) => failure.Reason == FailureReason.TooLarge
        ? RefuseAsync(context, new Problem(StatusCodes.Status413PayloadTooLarge, "too-large", "Too large", failure.Detail))
        : failures.SendAsync(context, failure);

    public Task FailAsync(HttpContext context, JobStoreException cause) => FailAsync(
        context, new Failure(FailureReason.JobsUnavailable, "The queue or the results of jobs cannot be used at the moment.", cause));

    /// <summary>The field Allow says which methods there are.</summary>
    public Task WrongMethodAsync(HttpContext context) => RefuseAsync(context, new Problem(
        StatusCodes.Status405MethodNotAllowed,
        "method-not-allowed",
        "Method not allowed",
        $"{SafeText.Cut(context.Request.Path, 40)} takes {context.Response.Headers.Allow}, "
        + $"not {SafeText.Cut(context.Request.Method, 20)}."));

    public Task NotFoundAsync(HttpContext context, string detail) =>
        RefuseAsync(context, new Problem(StatusCodes.Status404NotFound, "not-found", "Not found", detail));
}
