namespace ClamProxy.Core.Gate;

/// <summary>How long one request waits for a plain answer, counted from its arrival.</summary>
internal sealed class Patience(Delivery delivery, TimeSpan time, TimeProvider clock)
{
    private readonly long _arrived = clock.GetTimestamp();

    public Delivery Delivery => delivery;

    /// <summary>What a delivery is for one request: hold, trickle or retry.</summary>
    public static Delivery Settled(Delivery delivery, GateRequest request) => delivery switch
    {
        Delivery.Patience when !request.BearsInterim => Settled(Delivery.Trickle, request),
        Delivery.Patience or Delivery.Interim or Delivery.Hold => Delivery.Hold,
        Delivery.Trickle => request.SeesBrokenTransfers ? Delivery.Trickle : Delivery.Hold,
        Delivery.Retry => Delivery.Retry,
    };

    /// <summary>Whether something ends within the patience that is left; hold has no end of it.</summary>
    public Task<bool> OutlastsAsync(Task work, CancellationToken cancellationToken) =>
        EndsWithinAsync(work, delivery == Delivery.Hold ? Timeout.InfiniteTimeSpan : Left(), clock, cancellationToken);

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
