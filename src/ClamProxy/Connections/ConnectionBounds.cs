using ClamProxy.Core.Admission;
using ClamProxy.Management;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClamProxy.Connections;

/// <summary>
/// Client connections, bounded in all and for each client. Where there is no place for a new one it takes that of an idle one: within a
/// client's share its own that has been idle longest, else the longest idle one of the client with the most. Where none is idle the new one
/// is closed.
/// </summary>
internal sealed class ConnectionBounds(ClientAddress clients, ConnectionOptions options, ConnectionMetrics metrics, TimeProvider clock)
{
    /// <summary>Connections whose place is given away and that are not closed yet; with more, new ones are closed until they are.</summary>
    public const int MostClosing = 256;

    /// <summary>
    /// As how many connections one of HTTP/2 counts: Kestrel makes room for each of its streams before any can be refused.
    /// </summary>
    public const int Http2Weight = 16;

    /// <summary>One that ended a request just now may have an answer on its way, or be about to ask again.</summary>
    private static readonly TimeSpan LeastIdle = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SharedRoom _room = new(MostOf(options), options.MaxConnectionsPerClient);
    private readonly HashSet<ClientConnection> _open = [];
    private int _closing;

    public long Open => _room.InUse;

    public ConnectionReadiness Readiness => new(Open, _room.Total, Open >= _room.Total && FindIdle(null, isOwn: false) is null);

    /// <summary>The most connections there may be.</summary>
    public static int MostOf(ConnectionOptions options) => Math.Min(options.MaxConnections, DescriptorLimit.Connections);

    /// <remarks>To be the listener's first.</remarks>
    public static void Bound(ListenOptions listener) => listener.Use(next =>
    {
        // A listener without the door behind it has nothing to bound.
        return listener.ApplicationServices.GetService<ConnectionBounds>() is { } bounds ? connection =>
            bounds.RunAsync(connection, next) : next;
    });

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var client = ClientAddress.NetworkOf(connection.RemoteEndPoint);
        var entry = new ClientConnection(connection, client, clients.IsTrustedProxy(connection.RemoteEndPoint) ? null : client, clock);
        if (!TryEnter(entry))
        {
            return;
        }

        connection.Features.Set(entry);
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(entry);
        }
    }

    /// <summary>Whether there is room for a connection that turns out to be HTTP/2; where there is none it is being closed.</summary>
    public bool TakesHttp2(ClientConnection entry)
    {
        if (entry.Weight > 1)
        {
            return true;
        }

        lock (_gate)
        {
            // Where few connections are allowed at all it counts as less, or there would be none of HTTP/2.
            var weight = (int)Math.Clamp(_room.Total / Http2Weight, 1, Http2Weight);
            if (entry.IsClosing || entry.Weight == weight)
            {
                return !entry.IsClosing;
            }

            var answer = _room.TryTake(entry.Payer, weight - entry.Weight, ofSameWork: entry.Weight);
            if (answer == RoomOutcome.Taken)
            {
                entry.Weight = weight;
                return true;
            }

            metrics.Refused("connection", answer);
            GiveUp(entry);
        }

        _ = entry.CloseAsync();
        return false;
    }

    private bool TryEnter(ClientConnection entry)
    {
        ClientConnection? replaced = null;
        RoomOutcome answer;
        lock (_gate)
        {
            answer = _room.TryTake(entry.Payer, 1);
            if (answer != RoomOutcome.Taken
                && _closing < MostClosing
                && FindIdle(entry, isOwn: answer == RoomOutcome.ShareIsFull) is { } idle)
            {
                replaced = idle;
                GiveUp(replaced);
                answer = _room.TryTake(entry.Payer, 1);
            }

            if (answer == RoomOutcome.Taken)
            {
                _open.Add(entry);
            }
        }

        if (replaced is not null)
        {
            metrics.IdleClosed();
            _ = replaced.CloseAsync();
        }

        if (answer != RoomOutcome.Taken)
        {
            metrics.Refused("connection", answer);
        }

        return answer == RoomOutcome.Taken;
    }

    /// <summary>It does not count any more, and is being closed.</summary>
    private void GiveUp(ClientConnection entry)
    {
        _room.Return(entry.Payer, entry.Weight);
        entry.IsClosing = true;
        _open.Remove(entry);
        _closing++;
    }

    private void Leave(ClientConnection entry)
    {
        lock (_gate)
        {
            if (entry.IsClosing)
            {
                _closing--;
            }
            else
            {
                _open.Remove(entry);
                _room.Return(entry.Payer, entry.Weight);
            }
        }
    }

    /// <summary>The longest idle connection of the client with the most that may give way.</summary>
    /// <param name="comer">For which one; null: for a client that has none yet.</param>
    /// <param name="isOwn">Only one of the same client's; else also one of a client that has more than the comer's.</param>
    private ClientConnection? FindIdle(ClientConnection? comer, bool isOwn)
    {
        lock (_gate)
        {
            var least = comer is null ? 0 : Has(comer);
            ClientConnection? best = null;
            foreach (var entry in _open)
            {
                var mayGive = (comer is not null && entry.Payer == comer.Payer) || (!isOwn && (Has(entry) > least || least == 0));
                if (mayGive && entry.Idle >= LeastIdle && (best is null || (Has(entry), entry.Idle).CompareTo((Has(best), best.Idle)) > 0))
                {
                    best = entry;
                }
            }

            return best;
        }
    }

    private long Has(ClientConnection entry) => entry.Payer is { } payer ? _room.HeldBy(payer) : 0;
}
