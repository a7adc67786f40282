using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace ClamProxy.Connections;

/// <summary>One client's connection: whose it is, and since when it has had nothing to do.</summary>
internal sealed class ClientConnection(ConnectionContext connection, string? client, string? payer, TimeProvider clock)
{
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(2);

    private int _underWay;
    private long _idleSince = clock.GetTimestamp();
    private bool _hasAsked;

    /// <summary>The client at its other end.</summary>
    public string? Client => client;

    /// <summary>In whose share it counts; null: in nobody's, it is a proxy that speaks for many.</summary>
    public string? Payer => payer;

    /// <summary>As how many connections it counts.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>Its place has been given to another one: it is being closed.</summary>
    public bool IsClosing { get; set; }

    /// <summary>What its client has sent behind the request that is answered; null: nothing of it was begun yet.</summary>
    public RequestsAhead? Ahead { get; set; }

    /// <summary>Cancelled when its client has left.</summary>
    public CancellationToken Closed => connection.ConnectionClosed;

    /// <summary>For how long no request has been under way; null while there is one.</summary>
    public TimeSpan? Idle => Volatile.Read(ref _underWay) == 0 ? clock.GetElapsedTime(Volatile.Read(ref _idleSince)) : null;

    public void RequestBegins()
    {
        _hasAsked = true;
        Interlocked.Increment(ref _underWay);
    }

    public void RequestEnds()
    {
        Volatile.Write(ref _idleSince, clock.GetTimestamp());
        Interlocked.Decrement(ref _underWay);
    }

    /// <summary>
    /// Ends it as its protocol does (RFC 9112 §9.6, GOAWAY of RFC 9113 §6.8), so that the end of an answer that is still on its way
    /// arrives; soon after, or where no request ever came, by force.
    /// </summary>
    public async Task CloseAsync()
    {
        if (_hasAsked && connection.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime)
        {
            lifetime.RequestClose();
            await Task.Delay(ClosingTime, clock, connection.ConnectionClosed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        connection.Abort(new ConnectionAbortedException("The connection was idle, and a new one needed its place."));
    }
}
