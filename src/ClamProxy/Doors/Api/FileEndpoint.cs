using ClamProxy.Access;
using ClamProxy.Connections;
using ClamProxy.Core.Files;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Verdicts;
using ClamProxy.Problems;
using ClamProxy.Ranges;
using ClamProxy.Tracking;
using Microsoft.Net.Http.Headers;

namespace ClamProxy.Doors.Api;

/// <summary><c>GET /download/{id}</c> and <c>DELETE /files/{id}</c>: contents of jobs.</summary>
internal sealed class FileEndpoint(
    JobResults results, PartSender parts, ClientAddress clients, ApiReply reply, ILogger<FileEndpoint> logger)
{
    private const int MostRanges = 1;

    /// <summary>RFC 8470 §5.2.</summary>
    private const int TooEarly = 425;

    private static readonly TimeSpan s_comeBack = TimeSpan.FromSeconds(2);

    public async Task DownloadAsync(HttpContext context, string id)
    {
        var isForced = context.Request.Query["force"] is ["true" or "True" or "1"];
        if (isForced && ApiAdmission.RightMissing(context, ApiRights.Force) is { } noRight)
        {
            await reply.RefuseAsync(context, noRight);
            return;
        }

        if (await results.FindAsync(id, TimeSpan.Zero, context.RequestAborted) is not { } record)
        {
            await reply.NotFoundAsync(context, "There is no such file, or its life is over.");
            return;
        }

        if (Refusal(record, isForced) is { } refusal)
        {
            await reply.RefuseAsync(context, refusal);
            return;
        }

        if (isForced && record.Status != JobStatus.Clean)
        {
            logger.Forced(id, record.Status.Name(), record.Outcome?.Signature, clients.Of(context));
        }

        switch (await results.OpenAsync(record, clients.NetworkOf(context), context.RequestAborted))
        {
            case ObjectContent.Missing:
                await reply.NotFoundAsync(context, "The file is not kept any more.");
                break;
            case ObjectContent.Failed { Failure: var failure }:
                await reply.FailAsync(context, failure);
                break;
            case ObjectContent.Here { Content: var content }:
                using (content)
                {
                    await SendAsync(context, record, content);
                }

                break;
        }
    }

    public async Task DeleteAsync(HttpContext context, string id)
    {
        if (await results.FindAsync(id, TimeSpan.Zero, context.RequestAborted) is not { } record)
        {
            await reply.NotFoundAsync(context, "There is no such file, or its life is over.");
        }
        else if (await results.DeleteAsync(record, context.RequestAborted) is { } failure)
        {
            await reply.FailAsync(context, failure);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private static Problem? Refusal(JobRecord record, bool isForced) => record.Status switch
    {
        JobStatus.Clean => null,
        JobStatus.Pending => new Problem(
            TooEarly, "pending", "Not scanned yet", "The file has no verdict yet; ask again later.")
        {
            RetryAfter = s_comeBack,
        },
        JobStatus.Infected or JobStatus.Unscannable or JobStatus.Error when isForced => null,
        JobStatus.Infected => new Problem(
            StatusCodes.Status409Conflict,
            "infected",
            $"Infected {SafeText.Word(record.Outcome?.Signature ?? "unnamed")}",
            $"ClamAV found {SafeText.Cut(record.Outcome?.Signature ?? "something", 200)} in the file. It was not delivered."),
        JobStatus.Unscannable or JobStatus.Error => new Problem(
            StatusCodes.Status409Conflict,
            record.Status == JobStatus.Error ? "error" : "unscannable",
            "Not scanned completely",
            $"The file has no clean verdict, so it was not delivered. {record.Outcome?.Details}".TrimEnd()),
    };

    private static Verdict VerdictOf(JobStatus status) => status switch
    {
        JobStatus.Clean => Verdict.Clean,
        JobStatus.Infected => Verdict.Infected,
        JobStatus.Unscannable => Verdict.Unscannable,
        JobStatus.Pending or JobStatus.Error => Verdict.None,
    };

    private async Task SendAsync(HttpContext context, JobRecord record, ISharedContent content)
    {
        var response = context.Response;
        using var reader = content.OpenReader(clients.NetworkOf(context));
        var sha256 = await content.Sha256;
        RequestTrack.Of(context)?.Take(sha256, VerdictOf(record.Status));
        var tag = $"\"{sha256}\"";
        ContentIsolation.Set(response);
        response.Headers.ETag = tag;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.CacheControl = "private, no-cache";
        response.ContentType = "application/octet-stream";
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(record.Job.Name);
        response.Headers.ContentDisposition = disposition.ToString();
        switch (Preconditions.Evaluate(context.Request.Headers, tag, null))
        {
            case PreconditionOutcome.NotModified:
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            case PreconditionOutcome.Failed:
                await reply.RefuseAsync(context, new Problem(
                    StatusCodes.Status412PreconditionFailed, "precondition-failed", "Precondition failed", "The file is another one."));
                return;
            case PreconditionOutcome.Proceed:
                await SendPartAsync(context, reader, tag);
                return;
        }
    }

    private async Task SendPartAsync(HttpContext context, IContentReader reader, string tag)
    {
        var (request, response) = (context.Request, context.Response);
        var asked = request.Headers.Range is [{ } field] && IfRange.Holds(request.Headers.IfRange, tag, null)
            ? RangeField.Parse(field, reader.Length, MostRanges)
            : null;
        if (asked is [])
        {
            response.Headers.ContentRange = $"bytes */{reader.Length}";
            await reply.RefuseAsync(context, new Problem(
                StatusCodes.Status416RangeNotSatisfiable,
                "range-not-satisfiable",
                "Range not satisfiable",
                $"The file has {reader.Length} bytes."));
            return;
        }

        var part = asked is [var one] ? one : new ByteRange(0, reader.Length);
        if (asked is not null)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {part.Start}-{part.Last}/{reader.Length}";
        }

        response.ContentLength = part.Length;
        await parts.SendAsync(context, reader, part);
    }
}
