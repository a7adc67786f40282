using System.Text;
using ClamProxy.Access;
using ClamProxy.Core.Buckets.Webhooks;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Jobs;
using ClamProxy.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace ClamProxy.Doors.Api;

/// <summary>
/// <c>POST /events</c>: a store (MinIO, Ceph) announces objects. Its token says of which flow they are; the answer comes when the message
/// is on the disk. <c>HEAD</c> is MinIO's question whether anybody is there.
/// </summary>
internal sealed class EventEndpoint(EventIntake intake, ApiReply reply, TimeProvider clock)
{
    private const string HowTo = "Send the flow's token (ClamProxy:Buckets:<name>:Token) as \"Authorization: Bearer …\", or as the "
        + "password of Basic credentials.";

    private static readonly TimeSpan s_bodyLimit = TimeSpan.FromSeconds(30);

    /// <param name="name">The flow that the path names; null: none.</param>
    public async Task AnswerAsync(HttpContext context, string? name)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var (flow, refusal) = Admit(context, name);
        if (refusal is not null)
        {
            await reply.RefuseAsync(context, refusal);
            return;
        }

        var (body, problem) = await ReadAsync(context);
        if (problem is not null)
        {
            await reply.RefuseAsync(context, problem);
            return;
        }

        try
        {
            await AnswerAsync(context, await intake.TakeAsync(flow!, body, context.RequestAborted));
        }
        catch (JobStoreException e)
        {
            await reply.FailAsync(context, new Failure(FailureReason.JobsUnavailable, "The event could not be stored.", e));
        }
    }

    private Task AnswerAsync(HttpContext context, EventReceipt receipt)
    {
        switch (receipt)
        {
            case EventReceipt.Stored:
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                return Task.CompletedTask;
            case EventReceipt.Unrelated:
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            case EventReceipt.Refused { Problem: var problem }:
                return reply.RefuseAsync(context, BadRequest.Of(problem));
            case EventReceipt.Full:
                var full = new Problem(
                    StatusCodes.Status503ServiceUnavailable,
                    "too-busy",
                    "Too busy",
                    "As many events wait as may (ClamProxy:Events:MaxWaiting).");
                return reply.RefuseAsync(context, full with { RetryAfter = intake.RetryAfter });
            default:
                throw new InvalidOperationException("a receipt of a kind that nobody knows");
        }
    }

    private (string? Flow, Problem? Refusal) Admit(HttpContext context, string? name)
    {
        if (TokenOf(context.Request.Headers.Authorization) is not { } token)
        {
            context.Response.Headers.WWWAuthenticate = AccessControl.Challenges;
            return (null, new Problem(StatusCodes.Status401Unauthorized, "credentials-missing", "Token missing", HowTo));
        }

        return intake.FlowOf(token) is { } flow && (name is null || name.Equals(flow, StringComparison.OrdinalIgnoreCase))
            ? (flow, null)
            : (null, new Problem(StatusCodes.Status403Forbidden, "forbidden", "Wrong token", $"This token is of no flow here. {HowTo}"));
    }

    /// <summary>MinIO sends a token of one word behind Bearer; others send it alone, and Ceph the user and password of its URL.</summary>
    private static string? TokenOf(string? field) =>
        string.IsNullOrWhiteSpace(field) ? null
        : !field.Trim().Contains(' ', StringComparison.Ordinal) ? field.Trim()
        : PresentedCredential.Parse(field) is { } given ? Encoding.Latin1.GetString(given.Secret)
        : "";

    private async Task<(ReadOnlyMemory<byte> Body, Problem? Problem)> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = intake.MostBytes;
        }

        using var limit = new CancellationTokenSource(s_bodyLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, limit.Token);
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, either.Token);
            return (body.ToArray(), null);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (default, new Problem(
                e.StatusCode,
                "too-large",
                "Too large",
                $"An event has {intake.MostBytes} bytes at most (ClamProxy:Events:MaxMessage)."));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return (default, new Problem(
                StatusCodes.Status408RequestTimeout, "too-slow", "Too slow", "The body came too slowly."));
        }
    }
}
