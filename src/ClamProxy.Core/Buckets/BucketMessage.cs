using System.Text;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// What happens to one message: the objects of its events go through their flow, and when all did, it is completed. Otherwise the source
/// hands it out again, later each time.
/// </summary>
internal sealed class BucketMessage(OpenFlow flow, BucketReport report, TimeProvider clock)
{
    private const string Worn = "It was handed out often, and no process came to an end with it.";
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(15);

    private readonly IEventSource _source = flow.Source!;

    /// <exception cref="EventSourceException">The source cannot be asked: it hands the message out again.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WorkAsync(TakenMessage message, CancellationToken isOver)
    {
        if (IsTriedOften(message, flow.Options.Attempts + 1))
        {
            await SetAsideAsync(message, Worn, isOver).ConfigureAwait(false);
            return;
        }

        switch (EventReader.Read(message.Body))
        {
            case EventMessage.Unreadable { Problem: var problem }:
                await RefuseAsync(message, problem, isOver).ConfigureAwait(false);
                break;
            case EventMessage.Unrelated { What: var what }:
                await _source.CompleteAsync(message, isOver).ConfigureAwait(false);
                report.Unrelated(flow.Name, message.Id, what);
                break;
            case EventMessage.Created { Objects: var objects } when flow.Flow.ProblemOf(objects) is { } problem:
                await RefuseAsync(message, problem, isOver).ConfigureAwait(false);
                break;
            case EventMessage.Created { Objects: var objects }:
                // Sent on as it came, if it says nothing else.
                var all = objects is [var one] ? [one with { Message = Encoding.UTF8.GetString(message.Body.Span) }] : objects;
                await EndAsync(message, await RunAllAsync(all, isOver).ConfigureAwait(false), isOver).ConfigureAwait(false);
                break;
        }
    }

    private Task RefuseAsync(TakenMessage message, string problem, CancellationToken isOver)
    {
        report.Unreadable(flow.Name, message.Id, problem);
        return _source.RefuseAsync(message, PauseAfter(message.Deliveries), problem, isOver);
    }

    /// <returns>What the first of them failed by; null: all are done.</returns>
    private async Task<string?> RunAllAsync(IReadOnlyList<ObjectEvent> objects, CancellationToken isOver)
    {
        string? problem = null;
        foreach (var told in objects)
        {
            problem = await RunAsync(told, isOver).ConfigureAwait(false) is { } failed ? problem ?? failed : problem;
        }

        return problem;
    }

    private async Task EndAsync(TakenMessage message, string? problem, CancellationToken isOver)
    {
        if (problem is not null && IsTriedOften(message, flow.Options.Attempts))
        {
            await SetAsideAsync(message, problem, isOver).ConfigureAwait(false);
            return;
        }

        await (problem is null
            ? _source.CompleteAsync(message, isOver)
            : _source.ReturnAsync(message, PauseAfter(message.Deliveries), isOver)).ConfigureAwait(false);
        report.Message(problem is null ? MessageOutcome.Deleted : MessageOutcome.Kept);
    }

    private bool IsTriedOften(TakenMessage message, int most) => !_source.LimitsDeliveries && message.Deliveries >= most;

    private async Task SetAsideAsync(TakenMessage message, string reason, CancellationToken isOver)
    {
        await _source.RefuseAsync(message, PauseAfter(message.Deliveries), reason, isOver).ConfigureAwait(false);
        report.SetAside(flow.Name, message.Id, message.Deliveries, reason);
    }

    /// <returns>What it failed by; null: there is nothing more to do for it.</returns>
    private async Task<string?> RunAsync(ObjectEvent told, CancellationToken isOver)
    {
        using var limit = new CancellationTokenSource(flow.Options.ObjectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(isOver, limit.Token);
        FlowResult result;
        try
        {
            result = await flow.Flow.RunAsync(told, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!isOver.IsCancellationRequested)
        {
            result = new FlowResult.Later(new Failure(
                FailureReason.Overloaded, $"It was not done within {flow.Options.ObjectTimeout} (ObjectTimeout)."));
        }

        flow.Note(result);
        await report.EndedAsync(flow.Name, told, result).ConfigureAwait(false);
        return result is FlowResult.Later later ? later.Failure.DetailAndCause : null;
    }

    /// <summary>Twice as long after each attempt: a source that hands a message out five times bridges an outage of minutes.</summary>
    private TimeSpan PauseAfter(int deliveries)
    {
        var pause = flow.Options.RetryPause * Math.Pow(2, Math.Min(deliveries - 1, 16));
        var longest = flow.Options.RetryPause > s_longestPause ? flow.Options.RetryPause : s_longestPause;
        return pause < longest ? pause : longest;
    }
}
