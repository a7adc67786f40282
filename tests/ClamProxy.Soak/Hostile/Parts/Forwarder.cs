using System.Net;
using System.Net.Sockets;
using ClamProxy.Soak.Worlds;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>
/// Passes connections to an address of its own on to a port of 127.0.0.1. Its target can change, as behind a virtual address, and its
/// answers can be late.
/// </summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private readonly ConnectionLoop _connections;

    public Forwarder(IPAddress address, int port, int target)
    {
        Target = target;
        _connections = new ConnectionLoop(new IPEndPoint(address, port), ForwardAsync);
    }

    /// <summary>Where connections lead that come from now on.</summary>
    public int Target { get; set; }

    /// <summary>How long each piece of an answer is held back, for connections that sent more than a command; null: not at all.</summary>
    public Func<TimeSpan>? Delay { get; init; }

    public int Port => _connections.Port;

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task ForwardAsync(Socket client, CancellationToken end)
    {
        const int Command = 64;
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var sent = 0L;
        await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Target), end);
        await Task.WhenAll(CopyAsync(client, server, CountAsync, end), CopyAsync(server, client, DelayAsync, end));

        Task CountAsync(int count)
        {
            sent += count;
            return Task.CompletedTask;
        }

        Task DelayAsync(int count) => sent > Command && Delay is { } delay ? Task.Delay(delay(), end) : Task.CompletedTask;
    }

    private static async Task CopyAsync(Socket from, Socket to, Func<int, Task> before, CancellationToken end)
    {
        try
        {
            var buffer = new byte[65536];
            while (await from.ReceiveAsync(buffer, end) is var count and > 0)
            {
                await before(count);
                for (var at = 0; at < count;)
                {
                    at += await to.SendAsync(buffer.AsMemory(at, count - at), end);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            from.Dispose();
            to.Dispose();
            throw;
        }
    }
}
