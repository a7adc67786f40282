namespace ClamProxy.Core.Fetching.Delivery;

/// <summary>How long one request waits for a plain answer, counted from its arrival.</summary>
public sealed class ReplyDeadline(DeliveryMode delivery, TimeSpan time, TimeProvider clock)
{
    private readonly long _arrived = clock.GetTimestamp();

    public DeliveryMode Delivery => delivery;

    /// <summary>What a delivery is for one request: hold, trickle or retry.</summary>
    public static DeliveryMode Settled(DeliveryMode delivery, GateRequest request) => delivery switch
    {
        DeliveryMode.KeepAlive when !request.BearsInterim => Settled(DeliveryMode.Trickle, request),
        DeliveryMode.KeepAlive or DeliveryMode.Interim or DeliveryMode.Hold => DeliveryMode.Hold,
        DeliveryMode.Trickle => request.SeesBrokenTransfers ? DeliveryMode.Trickle : DeliveryMode.Hold,
        DeliveryMode.Retry => DeliveryMode.Retry,
    };

    /// <summary>Whether something ends within the time that is left; hold has no end of it.</summary>
    public Task<bool> OutlastsAsync(Task work, CancellationToken cancellationToken) =>
        EndsWithinAsync(work, delivery == DeliveryMode.Hold ? Timeout.InfiniteTimeSpan : Left(), clock, cancellationToken);

    /// <summary>Whether something ends within a time. It does not throw what the work does.</summary>
    public static async Task<bool> EndsWithinAsync(Task work, TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (work.IsCompleted || time == TimeSpan.Zero)
        {
            return work.IsCompleted;
        }

        await work.WaitAsync(time, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return work.IsCompleted;
    }

    private TimeSpan Left()
    {
        var left = time - clock.GetElapsedTime(_arrived);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
