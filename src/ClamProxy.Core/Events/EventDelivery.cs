using ClamProxy.Core.Webhooks;

namespace ClamProxy.Core.Events;

/// <summary>
/// Sends the events of one target, one after the other: a later one is not sent before an earlier one was delivered or given up.
/// <code>
///   first of the queue ──► sent ──2xx──► delivered: the next one at once
///                            │failed
///                            ▼
///                          the target rests; then the same event again, until it is older than KeepFor,
///                          or its receiver has refused it RejectedAttempts times
/// </code>
/// Killed at any place, the event is sent again when the target's lease ends: the receiver may get it twice, with the same
/// <c>webhook-id</c>.
/// </summary>
internal sealed class EventDelivery(
    EventQueue queue, EventTargets targets, WebhookSender sender, EventOptions options, EventReport report, TimeProvider clock)
{
    /// <summary>What other processes add to the queue is looked for, and leases that end.</summary>
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_storePause = TimeSpan.FromSeconds(1);

    public async Task RunAsync(EventTarget target, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await NextAsync(target, stopping).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                report.QueueFailed(target, e);
                await Task.Delay(s_storePause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
        }

        try
        {
            await queue.ReleaseAsync(target.Name).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // Its lease ends by itself.
        }
    }

    private async Task NextAsync(EventTarget target, CancellationToken stopping)
    {
        var turn = await queue.TakeAsync(target.Name, stopping).ConfigureAwait(false);
        report.Seen(turn.State);
        if (turn.Held is { } held)
        {
            await SettleAsync(target, held, await SendAsync(target, held.Event, stopping).ConfigureAwait(false)).ConfigureAwait(false);
            return;
        }

        var left = turn.NextAt - clock.GetUtcNow() ?? s_lookAgain;
        var pause = left < TimeSpan.Zero ? TimeSpan.Zero : left < s_lookAgain ? left : s_lookAgain;
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(targets.WokenAsync(target, woken.Token), Task.Delay(pause, clock, woken.Token)).ConfigureAwait(false);
        await woken.CancelAsync().ConfigureAwait(false);
    }

    private async Task<WebhookReply> SendAsync(EventTarget target, OutgoingEvent sent, CancellationToken stopping) =>
        targets.Guard.ProblemOf(target.Target.Uri) is { } forbidden
            ? new WebhookReply.Forbidden(forbidden)
            : await sender.SendAsync(sent.Id, target.Target, target.Secrets, sent.Body, CloudEvent.MediaType, stopping)
                .ConfigureAwait(false);

    /// <summary>What was sent is recorded although the process is to stop.</summary>
    private async Task SettleAsync(EventTarget target, HeldEvent held, WebhookReply reply)
    {
        if (reply is WebhookReply.Taken)
        {
            await queue.DeliveredAsync(held).ConfigureAwait(false);
            report.Delivered(target, held, clock.GetUtcNow() - held.Event.At);
            return;
        }

        var (problem, failed) = reply switch
        {
            WebhookReply.Failed one => (one.Problem, one),
            WebhookReply.Forbidden forbidden => (forbidden.Problem, null),
            _ => ("The receiver wants no more (answer 410).", null),
        };
        var isRefused = failed?.IsOfMessage == true && held.Attempts + 1 >= options.RejectedAttempts;
        var pause = PauseAfter(held.Failures, failed);
        var lost = await queue.FailedAsync(held, problem, pause, isRefused).ConfigureAwait(false);
        report.Failed(target, held, problem, pause, lost, failed?.Cause);
    }

    private TimeSpan PauseAfter(int failures, WebhookReply.Failed? failed)
    {
        var pause = options.Pauses[Math.Min(failures, options.Pauses.Count - 1)];

        // A receiver cannot hold events back for longer than they would rest anyway.
        var longest = options.Pauses.Max();
        var asked = failed?.RetryAfter is { } after ? (after < longest ? after : longest) : TimeSpan.Zero;
        return asked > pause ? asked : pause;
    }
}
