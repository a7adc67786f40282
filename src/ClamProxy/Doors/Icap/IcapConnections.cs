using ClamProxy.Connections;
using ClamProxy.Doors.Icap.Protocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace ClamProxy.Doors.Icap;

/// <summary>
/// Every connection of the ICAP listener: one request after the other, each answered before the next one is read (RFC 3507 §4.2).
/// </summary>
internal sealed class IcapConnections : ConnectionHandler
{
    private readonly IcapDoor _door;
    private readonly IcapAccess _access;
    private readonly ClientAddress _clients;
    private readonly IcapTag _tag;
    private readonly IcapOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<IcapConnections> _logger;
    private int _open;

    public IcapConnections(
        IcapDoor door,
        IcapAccess access,
        ClientAddress clients,
        IcapTag tag,
        IcapOptions options,
        IcapMetrics metrics,
        TimeProvider clock,
        ILogger<IcapConnections> logger)
    {
        (_door, _access, _clients, _tag, _options, _clock, _logger) = (door, access, clients, tag, options, clock, logger);
        metrics.Observe(() => Volatile.Read(ref _open));
    }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var client = _clients.IsTrustedProxy(connection.RemoteEndPoint) ? null : ClientAddress.NetworkOf(connection.RemoteEndPoint);
        var exchange = new IcapExchange(
            connection,
            new IcapInput(connection.Transport.Input, _clock),
            new IcapOutput(connection.Transport.Output, _tag, _options, _clock),
            client,
            _clock);
        try
        {
            await RunAsync(exchange, connection, Refusal(exchange, connection, Interlocked.Increment(ref _open)));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException || exchange.Gone.IsCancellationRequested)
        {
            // The client has left, or takes nothing.
        }
        catch (Exception e)
        {
            _logger.Broken(exchange.Peer, e);
            connection.Abort(new ConnectionAbortedException("an internal error", e));
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    /// <summary>Why none of a connection's requests is answered; null: they are.</summary>
    private IcapFault? Refusal(IcapExchange exchange, ConnectionContext connection, int open)
    {
        if (!_access.IsFor(connection.RemoteEndPoint))
        {
            _logger.NotForClient(exchange.Peer);
            return new(403, "ICAP is not for this client (ICAP_CLIENTS).");
        }

        return open > _options.MaxConnections
            ? new(503, "There are as many connections as there may be (ClamProxy:Icap:MaxConnections).")
            : null;
    }

    private async Task RunAsync(IcapExchange exchange, ConnectionContext connection, IcapFault? refusal)
    {
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        var place = connection.Features.Get<ClientConnection>();
        while (!exchange.Output.Closes)
        {
            exchange.Reset();
            var (head, fault) = await exchange.Input.ReadHeadAsync(
                (int)_options.MaxHead, _options.IdleTimeout, _options.HeadTimeout, exchange.Gone, closing);
            if (head is null && fault is null)
            {
                return;
            }

            place?.RequestBegins();
            try
            {
                exchange.Output.Closes = closing.IsCancellationRequested;
                await ((refusal ?? fault) is { } why ? _door.RejectAsync(exchange, why) : _door.AnswerAsync(exchange, head!));
            }
            finally
            {
                place?.RequestEnds();
            }
        }

        await exchange.LingerAsync(_options.LingerTimeout);
    }
}
