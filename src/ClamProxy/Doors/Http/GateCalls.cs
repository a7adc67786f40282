using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Doors.Http.Pipelining;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.Doors.Http.Requests;
using ClamProxy.Problems;
using ClamProxy.Tracking;

namespace ClamProxy.Doors.Http;

/// <summary>
/// Asks the gate for what an HTTP request wants, and keeps the client alive meanwhile where that takes no byte of the answer.
/// </summary>
internal sealed class GateCalls(
    ContentGate gate, InterimResponses interims, PipelinePrefetch prefetch, HeadForwarder headForwarder, FailureReply failures)
{
    /// <summary>Asks for a file. Begins to fetch what the client will probably ask for next, and what it has asked for already.</summary>
    public Task<GateResult> AskAsync(HttpContext context, DoorRequest asked, GateRequest request)
    {
        if (asked.Ahead is { } ahead)
        {
            gate.BeginAhead(ahead);
        }

        var begin = prefetch.Of(context);
        var asking = interims.Begin(context, request) is { } sender
            ? AskWhileAsync(context, request, begin, sender)
            : gate.OpenAsync(request, begin, context.RequestAborted);
        return asking.IsCompletedSuccessfully ? asking : BeginLateAsync(context, asking);
    }

    /// <summary>Waits for the verdict of a file that is not to be trickled to this client.</summary>
    public async Task<GateResult> AwaitVerdictAsync(HttpContext context, GateRequest request, GateResult.Trickling file) =>
        await file.Body.WaitAsync(context.RequestAborted)
        ?? await gate.OpenAsync(request with { Delivery = DeliveryMode.Hold }, context.RequestAborted);

    /// <summary>Asks for a head.</summary>
    /// <returns>What is to be sent; null: upstream's head was sent.</returns>
    public Task<GateResult?> AskHeadAsync(HttpContext context, DoorRequest asked, GateRequest request)
    {
        return gate.AnswerHeadAsync(request, ForwardAsync, context.RequestAborted);

        async Task<(UpstreamHead? Head, Failure? Failure)> ForwardAsync()
        {
            asked.Prepare(context);
            var failure = await headForwarder.SendAsync(context, request, asked.Links);
            if (failure is not null && context.Response.HasStarted)
            {
                // Too late for another answer.
                await failures.SendAsync(context, failure);
                return default;
            }

            if (failure is not null)
            {
                context.Response.Clear();
            }
            else
            {
                RequestTrack.Of(context)?.Outcome = "head";
            }

            return (failure is null ? context.Features.Get<UpstreamHead>() : null, failure);
        }
    }

    private async Task<GateResult> AskWhileAsync(HttpContext context, GateRequest request, Action? begin, InterimSender interim)
    {
        await using var sending = interim;
        return await gate.OpenAsync(request, begin, context.RequestAborted);
    }

    /// <summary>It had to wait, and more may have come behind it.</summary>
    private async Task<GateResult> BeginLateAsync(HttpContext context, Task<GateResult> asking)
    {
        var result = await asking;
        prefetch.BeginLate(context);
        return result;
    }
}
