using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>
/// Which part of all flights each upstream host and each client may have, so that one upstream that drips, or one client that asks for
/// much of it, leaves room for the others (decision 0024).
/// </summary>
public sealed class FlightShares
{
    private readonly DownloadOptions _options;
    private readonly DownloadMetrics _metrics;

    public FlightShares(DownloadOptions options, DownloadMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _metrics = metrics;
        Upstreams = new KeyedCount(options.MaxFlightsPerUpstream);
        Clients = new SharedRoom(long.MaxValue, options.MaxFlightsPerClient, share: 100);
    }

    internal KeyedCount Upstreams { get; }

    internal SharedRoom Clients { get; }

    /// <summary>Takes one flight's place with its client and its upstream.</summary>
    /// <param name="client">Who asked first, as text; null: nobody in particular, and not bounded.</param>
    /// <param name="target">What is asked for.</param>
    /// <param name="full">Null, or which bound is reached.</param>
    /// <param name="isAhead">Nobody waits for it yet: it leaves half of what each upstream may have that a redirect leads it to.</param>
    /// <returns>The place, to be disposed of when the flight is over; null when a bound is reached.</returns>
    public FlightShare? TryTake(string? client, Target target, out Failure? full, bool isAhead = false)
    {
        ArgumentNullException.ThrowIfNull(target);
        var charge = new RoomCharge(Clients, client is null ? null : ClientNetwork.Of(client));
        if (charge.TryGrowTo(1) != RoomOutcome.Taken)
        {
            _metrics.ShareRefused("client");
            full = new Failure(
                FailureReason.Overloaded,
                $"This client has as many downloads in progress as one client may have ({_options.MaxFlightsPerClient}).");
            return null;
        }

        var share = new FlightShare(this, charge, isAhead);
        full = share.MoveTo(target);
        if (full is null)
        {
            return share;
        }

        share.Dispose();
        return null;
    }

    /// <summary>Whether a flight that nobody waits for yet leaves half of what its client and its upstream may have.</summary>
    public bool HaveSpare(string? client, Target target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return Clients.HasSpare(client is null ? null : ClientNetwork.Of(client), 1)
            && Upstreams.HasSpare(HostName.Normalise(target.Uri.IdnHost));
    }

    internal Failure UpstreamIsFull(string host)
    {
        _metrics.ShareRefused("upstream");
        return new Failure(
            FailureReason.Overloaded,
            $"As many downloads from {host} are in progress as one upstream may have ({_options.MaxFlightsPerUpstream}).");
    }
}
