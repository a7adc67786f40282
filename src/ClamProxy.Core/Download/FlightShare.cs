using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;

namespace ClamProxy.Core.Download;

/// <summary>One flight's place with its client and its upstream.</summary>
public sealed class FlightShare : IDisposable
{
    private readonly FlightShares _shares;
    private readonly RoomCharge _client;
    private readonly bool _isAhead;
    private string? _host;

    internal FlightShare(FlightShares shares, RoomCharge client, bool isAhead)
    {
        _shares = shares;
        _client = client;
        _isAhead = isAhead;
    }

    /// <summary>
    /// When the client leaves that began the flight, the place is that of another one that waits for it: nobody pays for what only others
    /// keep going.
    /// </summary>
    public void Follow(WaitingClients clients) => _client.Follow(clients);

    /// <summary>The flight is that host's from now on: a redirect has led there, and it is the one whose body is waited for.</summary>
    /// <returns>Null, or the failure when that host has as many as it may; the place stays where it was then.</returns>
    public Failure? MoveTo(Target target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var host = HostName.Normalise(target.Uri.IdnHost);
        if (host == _host)
        {
            return null;
        }

        if (_isAhead && !_shares.Upstreams.HasSpare(host))
        {
            return new Failure(FailureReason.Overloaded, $"{host} has no room to spare.");
        }

        if (!_shares.Upstreams.TryTake(host))
        {
            return _shares.UpstreamIsFull(host);
        }

        LeaveHost();
        _host = host;
        return null;
    }

    public void Dispose()
    {
        LeaveHost();
        _client.Dispose();
    }

    private void LeaveHost()
    {
        if (Interlocked.Exchange(ref _host, null) is { } host)
        {
            _shares.Upstreams.Return(host);
        }
    }
}
