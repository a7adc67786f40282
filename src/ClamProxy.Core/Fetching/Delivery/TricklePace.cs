namespace ClamProxy.Core.Fetching.Delivery;

/// <summary>
/// How a body is trickled that is not known to be right yet (contract §5): a little now and then, always some bytes behind what is here.
/// The same at every door.
/// </summary>
public sealed class TricklePace(GateOptions options, TimeProvider clock)
{
    /// <summary>A step sends at most this part of what may still be sent, so that the trickle grows thinner but does not run dry.</summary>
    private const int Thinning = 16;

    /// <summary>The time before a trickle, from now on: most verdicts are there before its end.</summary>
    public ReplyDeadline Begin() => new(DeliveryMode.Trickle, options.ReplyDeadline, clock);

    /// <summary>Bytes that the next step sends; 0: none yet.</summary>
    /// <param name="received">Offset behind the last byte that is here, and that may be sent at all.</param>
    /// <param name="sent">Offset behind the last byte that was sent.</param>
    public int StepOf(long received, long sent)
    {
        var most = received - options.HoldBackBytes - sent;
        return most <= 0 ? 0 : (int)Math.Min(options.TrickleBytes, Math.Max(1, most / Thinning));
    }

    /// <summary>Takes a step at once, and one after each pause until something ends. It does not throw what that does.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(Task until, Func<ValueTask> step, CancellationToken cancelled)
    {
        do
        {
            await step().ConfigureAwait(false);
        }
        while (!await PauseAsync(until, cancelled).ConfigureAwait(false));
    }

    /// <summary>Waits as long as between two steps, unless something ends before.</summary>
    /// <returns>Whether it has ended.</returns>
    public Task<bool> PauseAsync(Task until, CancellationToken cancelled) =>
        ReplyDeadline.EndsWithinAsync(until, options.TrickleInterval, clock, cancelled);
}
