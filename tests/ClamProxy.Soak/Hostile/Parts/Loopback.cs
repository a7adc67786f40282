using System.Net.Sockets;
using System.Text;
using ClamProxy.Soak.Hostile.Clients;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>Requests as bytes, for what no HTTP client sends.</summary>
internal static class Loopback
{
    /// <summary>Sends a head and reads the answer to the end of the connection, or until the time is over.</summary>
    /// <param name="head">The request line and fields, without the empty line.</param>
    /// <returns>What came, one Latin-1 character a byte; empty: nothing.</returns>
    public static async Task<string> SayAsync(string source, int port, string head, TimeSpan time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        var answer = new StringBuilder();
        try
        {
            using var socket = await ClientFrom.ConnectAsync(source, port, limit.Token);
            await socket.SendAsync(Encoding.Latin1.GetBytes(head + "\r\n\r\n"), limit.Token);
            var buffer = new byte[32 << 10];
            while (await socket.ReceiveAsync(buffer, limit.Token) is var count and > 0)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (Exception e) when (e is SocketException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // What has come until here is the answer.
        }

        return answer.ToString();
    }

    /// <summary>Sends a head, reads the first bytes of the answer, and then takes no more: a reader that stands still.</summary>
    /// <returns>The open connection, or null where there was no answer in time.</returns>
    public static async Task<Socket?> StandStillAsync(
        string source, int port, string head, TimeSpan time, CancellationToken cancellationToken)
    {
        const int LittleRoom = 4096;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        Socket? socket = null;
        try
        {
            socket = await ClientFrom.ConnectAsync(source, port, limit.Token);
            socket.ReceiveBufferSize = LittleRoom;
            await socket.SendAsync(Encoding.Latin1.GetBytes(head + "\r\n\r\n"), limit.Token);
            if (await socket.ReceiveAsync(new byte[512], limit.Token) > 0)
            {
                return socket;
            }
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
        }

        socket?.Dispose();
        return null;
    }

    /// <summary>The status of an answer as <see cref="SayAsync"/> gives it; 0: none.</summary>
    public static int StatusOf(string answer) => answer.Length > 12 && int.TryParse(answer.AsSpan(9, 3), out var status) ? status : 0;
}
