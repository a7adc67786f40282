using ClamProxy.Core.Admission;
using ClamProxy.Management;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClamProxy.Doors.Http;

/// <summary>
/// Client connections, bounded in all and for each client. Where there is no place for a new one it takes that of an idle one: within a client's
/// share its own that has been idle longest, else the longest idle one of the client with the most. Where none is idle the new one is closed.
/// </summary>
internal sealed class ConnectionBounds(ClientAddress clients, HttpDoorOptions options, HttpDoorMetrics metrics, TimeProvider clock)
{
    /// <summary>Connections whose place is given away and that are not closed yet; with more, new ones are closed until they are.</summary>
    public const int MostClosing = 256;

    /// <summary>One that ended a request just now may have an answer on its way, or be about to ask again.</summary>
    private static readonly TimeSpan LeastIdle = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly SharedRoom _room = new(MostOf(options), options.MaxConnectionsPerClient);
    private readonly HashSet<ClientConnection> _open = [];
    private int _closing;

    public long Open => _room.InUse;

    public ConnectionReadiness Readiness => new(Open, _room.Total, Open >= _room.Total && FindIdle(null) is null);

    /// <summary>The most connections there may be.</summary>
    public static int MostOf(HttpDoorOptions options) => Math.Min(options.MaxConnections, DescriptorLimit.Connections);

    /// <remarks>To be the listener's first.</remarks>
    public static void Bound(ListenOptions listener) => listener.Use(next =>
    {
        var bounds = listener.ApplicationServices.GetRequiredService<ConnectionBounds>();
        return connection => bounds.RunAsync(connection, next);
    });

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var client = ClientAddress.Of(connection.RemoteEndPoint);
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

    private bool TryEnter(ClientConnection entry)
    {
        ClientConnection? replaced = null;
        lock (_gate)
        {
            var answer = _room.TryTake(entry.Payer, 1);
            if (answer != RoomAnswer.Taken)
            {
                replaced = _closing < MostClosing ? FindIdle(answer == RoomAnswer.ShareIsFull ? entry.Payer : null) : null;
                if (replaced is null)
                {
                    metrics.Refused("connection", answer);
                    return false;
                }

                GiveAway(replaced, entry.Payer);
            }

            _open.Add(entry);
        }

        if (replaced is not null)
        {
            metrics.IdleClosed();
            _ = replaced.CloseAsync();
        }

        return true;
    }

    private void GiveAway(ClientConnection replaced, string? to)
    {
        _room.Move(replaced.Payer, to, 1);
        replaced.IsClosing = true;
        _open.Remove(replaced);
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
                _room.Return(entry.Payer, 1);
            }
        }
    }

    /// <param name="payer">Whose; null: of the client with the most.</param>
    private ClientConnection? FindIdle(string? payer)
    {
        lock (_gate)
        {
            ClientConnection? best = null;
            foreach (var entry in _open)
            {
                if ((payer is null || entry.Payer == payer) && entry.Idle >= LeastIdle
                    && (best is null || (Has(entry), entry.Idle).CompareTo((Has(best), best.Idle)) > 0))
                {
                    best = entry;
                }
            }

            return best;
        }
    }

    private long Has(ClientConnection entry) => entry.Payer is { } payer ? _room.HeldBy(payer) : 0;
}
