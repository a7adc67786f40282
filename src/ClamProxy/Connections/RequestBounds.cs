using ClamProxy.Core.Admission;
using ClamProxy.Problems;

namespace ClamProxy.Connections;

/// <summary>
/// Requests that are handled at once, bounded in all and for each client, whatever they wait for: a flight, a scanner, their client's
/// reading. Asked before anything else, so that one too many costs next to nothing.
/// </summary>
internal sealed class RequestBounds(
    ClientAddress clients, ConnectionBounds connections, ConnectionOptions options, ConnectionMetrics metrics)
{
    private readonly SharedRoom _room = new(options.MaxRequests, options.MaxRequestsPerClient);

    public long UnderWay => _room.InUse;

    /// <summary>Takes a request's place; to be disposed of when the request is over.</summary>
    public Place Enter(HttpContext context)
    {
        var connection = context.Features.Get<ClientConnection>();
        var client = clients.NetworkOf(context);
        var answer = connection is null || !HttpProtocol.IsHttp2(context.Request.Protocol) || connections.TakesHttp2(connection)
            ? _room.TryTake(client, 1)
            : RoomOutcome.ShareIsFull;
        if (answer != RoomOutcome.Taken)
        {
            metrics.Refused("request", answer);
            return new Place(null, null, null, Refusal(answer));
        }

        connection?.RequestBegins();
        return new Place(_room, client, connection, null);
    }

    private Problem Refusal(RoomOutcome answer) => new(
        StatusCodes.Status503ServiceUnavailable, "overloaded", "Too many requests under way", answer == RoomOutcome.ShareIsFull
            ? $"This client has as many requests in progress as one client may have ({options.MaxRequestsPerClient} at most, and no more "
                + "than are free)."
            : $"As many requests as MaxRequests allows ({options.MaxRequests}) are in progress.")
    {
        RetryAfter = options.RetryAfter,
    };

    /// <summary>One request's place.</summary>
    /// <param name="Problem">Why it has none; null: it has.</param>
    public readonly record struct Place(SharedRoom? Room, string? Client, ClientConnection? Connection, Problem? Problem) : IDisposable
    {
        public void Dispose()
        {
            Room?.Return(Client, 1);
            Connection?.RequestEnds();
        }
    }
}
