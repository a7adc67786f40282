using System.Text;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Buckets;

/// <summary>
/// What happens to one message: the objects of its events go through their flow, and when all did, it is deleted. Otherwise the queue
/// hands it out again, later each time.
/// </summary>
internal sealed class BucketMessage(OpenFlow flow, BucketReport report, TimeProvider clock)
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(15);

    private readonly SqsQueue _queue = flow.Queue!;

    /// <exception cref="SqsException">The queue cannot be asked: it hands the message out again.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WorkAsync(SqsMessage message, CancellationToken isOver)
    {
        switch (EventReader.Read(Encoding.UTF8.GetBytes(message.Body)))
        {
            case EventMessage.Unreadable { Problem: var problem }:
                await LeaveAsync(message, problem, isOver).ConfigureAwait(false);
                break;
            case EventMessage.Unrelated { What: var what }:
                await _queue.DeleteAsync(message, isOver).ConfigureAwait(false);
                report.Unrelated(flow.Name, message.Id, what);
                break;
            case EventMessage.Created created when created.Objects.FirstOrDefault(flow.Flow.IsOfAnother) is { } other:
                await LeaveAsync(message, $"It is of bucket {other.Bucket}, which is none of this flow's.", isOver).ConfigureAwait(false);
                break;
            case EventMessage.Created { Objects: [var one] }:
                await EndAsync(message, await RunAsync(one with { Message = message.Body }, isOver).ConfigureAwait(false), isOver)
                    .ConfigureAwait(false);
                break;
            case EventMessage.Created { Objects: var objects }:
                var areDone = true;
                foreach (var told in objects)
                {
                    areDone &= await RunAsync(told, isOver).ConfigureAwait(false);
                }

                await EndAsync(message, areDone, isOver).ConfigureAwait(false);
                break;
        }
    }

    private Task LeaveAsync(SqsMessage message, string problem, CancellationToken isOver)
    {
        report.Unreadable(flow.Name, message.Id, problem);
        return _queue.HideAsync(message, PauseAfter(message.Receives), isOver);
    }

    private async Task EndAsync(SqsMessage message, bool isDone, CancellationToken isOver)
    {
        await (isDone
            ? _queue.DeleteAsync(message, isOver)
            : _queue.HideAsync(message, PauseAfter(message.Receives), isOver)).ConfigureAwait(false);
        report.Message(isDone ? MessageOutcome.Deleted : MessageOutcome.Kept);
    }

    /// <returns>Whether there is nothing more to do for it.</returns>
    private async Task<bool> RunAsync(ObjectEvent told, CancellationToken isOver)
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

        report.Ended(flow.Name, told, result);
        return result is not FlowResult.Later;
    }

    /// <summary>Twice as long after each attempt: a queue that hands a message out five times bridges an outage of minutes.</summary>
    private TimeSpan PauseAfter(int receives)
    {
        var pause = flow.Options.RetryPause * Math.Pow(2, Math.Min(receives - 1, 16));
        var longest = flow.Options.RetryPause > s_longestPause ? flow.Options.RetryPause : s_longestPause;
        return pause < longest ? pause : longest;
    }
}
