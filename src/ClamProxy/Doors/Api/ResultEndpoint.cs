using System.Text.Json;
using ClamProxy.Core.Jobs;
using ClamProxy.Problems;

namespace ClamProxy.Doors.Api;

/// <summary><c>GET /result/{id}</c> and <c>GET /results</c>: what became of jobs.</summary>
internal sealed class ResultEndpoint(JobResults results, ApiOptions options, ApiReply reply, TimeProvider clock)
{
    private static readonly TimeSpan s_sign = TimeSpan.FromSeconds(15);

    public async Task AnswerOneAsync(HttpContext context, string id)
    {
        if (WaitOf(context.Request.Query["wait"]) is not { } wait)
        {
            await reply.RefuseAsync(context, BadRequest.Of("wait takes a time such as 30s or 500ms."));
            return;
        }

        wait = wait < options.MaxWait ? wait : options.MaxWait;
        if (await results.FindAsync(id, AsksForEvents(context.Request) ? TimeSpan.Zero : wait, context.RequestAborted) is not { } record)
        {
            await reply.NotFoundAsync(context, "There is no such result, or its life is over.");
        }
        else if (AsksForEvents(context.Request))
        {
            await StreamAsync(context, record);
        }
        else
        {
            await reply.WriteAsync(context, StatusCodes.Status200OK, JobAnswer.Of(record), ApiJson.Default.JobAnswer);
        }
    }

    public async Task AnswerPageAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (status, sha256, since) = (query["status"].ToString(), query["sha256"].ToString(), query["since"].ToString());
        var asked = status.Length == 0 ? null : JobNames.ToStatus(status);
        if ((asked is null && status.Length > 0)
            || (sha256.Length > 0 && !VerdictEndpoint.IsSha256(sha256))
            || (since.Length > 0 && !DateTimeOffset.TryParse(since, null, System.Globalization.DateTimeStyles.AssumeUniversal, out _)))
        {
            await reply.RefuseAsync(context, BadRequest.Of(
                "status takes PENDING, CLEAN, INFECTED, UNSCANNABLE or ERROR; sha256 64 hexadecimal digits; since a time such as "
                + "2026-11-29T12:00:00Z."));
            return;
        }

        var filter = new ResultFilter(
            asked,
            sha256.Length == 0 ? null : sha256.ToLowerInvariant(),
            since.Length == 0 ? null : DateTimeOffset.Parse(since, null, System.Globalization.DateTimeStyles.AssumeUniversal));
        try
        {
            var page = await results.ListAsync(
                filter, query["cursor"] is [{ Length: > 0 } cursor] ? cursor : null, options.PageSize, context.RequestAborted);
            var answer = new JobPageAnswer([.. page.Records.Select(JobAnswer.Of)], page.Next);
            await reply.WriteAsync(context, StatusCodes.Status200OK, answer, ApiJson.Default.JobPageAnswer);
        }
        catch (FormatException)
        {
            await reply.RefuseAsync(context, BadRequest.Of("cursor takes what the page before gave as next."));
        }
    }

    private static bool AsksForEvents(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase));

    /// <returns>Null: none that can be read.</returns>
    private static TimeSpan? WaitOf(string? text) => string.IsNullOrEmpty(text)
        ? TimeSpan.Zero
        : Configuration.DurationText.Parse(text);

    /// <summary>Server-sent events (HTML Living Standard §9.2): the result as it is, and again when there is an outcome.</summary>
    private async Task StreamAsync(HttpContext context, JobRecord record)
    {
        var started = clock.GetTimestamp();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await SendAsync(context, $"event: result\ndata: {Text(record)}\n\n");
        while (record.Outcome is null && clock.GetElapsedTime(started) < options.EventsFor)
        {
            if (await results.FindAsync(record.Job.Id, s_sign, context.RequestAborted) is not { } now)
            {
                await SendAsync(context, "event: gone\ndata: {}\n\n");
                return;
            }

            record = now;
            await SendAsync(context, record.Outcome is null ? ": still pending\n\n" : $"event: result\ndata: {Text(record)}\n\n");
        }
    }

    private static string Text(JobRecord record) => JsonSerializer.Serialize(JobAnswer.Of(record), ApiJson.Default.JobAnswer);

    private static async Task SendAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
