using ClamProxy.Core.Webhooks;

namespace ClamProxy.Core.Jobs.Callbacks;

/// <summary>
/// One callback that was taken, to where it rests again.
/// <code>
///   taken ──► 1 its job ──deleted──► removed;  ──pending──► waits
///               │ended
///               ▼
///             2 sent ──2xx──► delivered;  ──410──► gone;  ──forbidden──► dead
///               │failed
///               ▼
///             3 due again after the schedule's next pause;  ──none left──► dead
/// </code>
/// Killed at any place, it is taken again when its lease ends: the receiver may get it twice, with the same <c>webhook-id</c>.
/// </summary>
internal sealed class CallbackDelivery(
    JobStores stores, JobCallbacks callbacks, CallbackSender sender, CallbackSchedule schedule, CallbackReport report, TimeProvider clock)
{
    /// <exception cref="JobStoreException">It comes again when its lease ends.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled: it is given back.</exception>
    public async Task RunAsync(TakenCallback taken, CancellationToken stopping)
    {
        try
        {
            // Step 1: its job
            var record = await stores.Results.FindAsync(taken.Callback.JobId, stopping).ConfigureAwait(false);
            switch (record)
            {
                case null:
                    await callbacks.JobRemovedAsync(taken.Callback.JobId, stopping).ConfigureAwait(false);
                    break;
                case { Outcome: null }:
                    await callbacks.PostponeAsync(taken, stopping).ConfigureAwait(false);
                    break;
                case { Outcome: { } outcome }:
                    // Step 2: sent
                    var reply = await sender.SendAsync(taken.Callback, CallbackBody.Of(record), stopping).ConfigureAwait(false);
                    await SettleAsync(taken, outcome, reply).ConfigureAwait(false);
                    break;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await stores.Callbacks.SettleAsync(taken, taken.Callback, clock.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What was sent is recorded although the process is to stop.</summary>
    private async Task SettleAsync(TakenCallback taken, JobOutcome outcome, WebhookReply reply)
    {
        var now = clock.GetUtcNow();
        var sent = taken.Callback with { Attempts = taken.Callback.Attempts + 1, LastAt = now, NextAt = null, Problem = null };
        var settled = reply switch
        {
            WebhookReply.Taken => sent with { State = CallbackState.Delivered },
            WebhookReply.Gone => sent with { State = CallbackState.Gone, Problem = "The receiver wants no more (answer 410)." },
            WebhookReply.Forbidden forbidden => sent with { State = CallbackState.Dead, Problem = forbidden.Problem },
            // Step 3: due again
            WebhookReply.Failed failed => schedule.PauseAfter(sent.Attempts, failed) is { } pause
                ? sent with { State = CallbackState.Due, Problem = failed.Problem, NextAt = now + pause }
                : sent with { State = CallbackState.Dead, Problem = failed.Problem },
            _ => throw new InvalidOperationException("a reply of a kind that is not there"),
        };
        await stores.Callbacks.SettleAsync(taken, settled, settled.NextAt, CancellationToken.None).ConfigureAwait(false);
        report.Sent(settled, outcome);
        if (reply is WebhookReply.Failed { Cause: { } cause })
        {
            report.InternalError(settled, cause);
        }
    }
}
