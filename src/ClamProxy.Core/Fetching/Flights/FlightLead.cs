using ClamProxy.Core.Fetching.Delivery;
using ClamProxy.Core.Leases;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Fetching.Flights;

/// <summary>
/// This flight's part among the processes that share one Redis: it leads, or it downloads beside another that does. Whose clients cannot
/// wait so long fetches the bytes itself; the scan is shared by the bytes' hash then.
/// </summary>
internal sealed class FlightLead : IAsyncDisposable
{
    private readonly FlightLease? _lease;

    private FlightLead(FlightLease? lease) => _lease = lease;

    /// <summary>What a leader's records are saved under, so that one who overslept his lease overwrites nothing.</summary>
    public Fence? Fence => _lease?.Fence;

    /// <summary>Another process may have taken the lead: what is recorded for the URL is that one's business.</summary>
    public bool IsLost => _lease is { IsLost: true };

    /// <summary>Takes the lead, or waits a while for whoever has it.</summary>
    /// <returns>This flight's part; null when the leader has ended meanwhile, so that what it found is to be looked up.</returns>
    public static async Task<FlightLead?> TakeAsync(
        IFlightLeases leases, UrlKey key, TimeSpan followFor, TimeProvider clock, CancellationToken cancelled)
    {
        var attempt = await leases.TryTakeAsync(key, cancelled).ConfigureAwait(false);
        return attempt.Outcome == LeaseOutcome.Held
            && await LeaderEndsWithinAsync(leases, key, followFor, clock, cancelled).ConfigureAwait(false)
            ? null
            : new FlightLead(attempt.Lease);
    }

    private static async Task<bool> LeaderEndsWithinAsync(
        IFlightLeases leases, UrlKey key, TimeSpan time, TimeProvider clock, CancellationToken cancelled)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        var leader = leases.WaitAsync(key, end.Token).AsTask();
        var hasEnded = await ReplyDeadline.EndsWithinAsync(leader, time, clock, cancelled).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        return hasEnded;
    }

    /// <summary>Gives the lead up; at once, where this flight's end is of no use to others.</summary>
    public ValueTask DisposeAsync() => _lease?.DisposeAsync() ?? ValueTask.CompletedTask;
}
