using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>Passes connections to an address of its own on to a port of 127.0.0.1. Its target can change, as behind a virtual address, and its answers can be late.</summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Task, byte> _open = [];
    private readonly Task _accepting;

    public Forwarder(IPAddress address, int port, int target)
    {
        Target = target;
        _listener = new TcpListener(address, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where connections lead that come from now on.</summary>
    public int Target { get; set; }

    /// <summary>How long each piece of an answer is held back, for connections that sent more than a command; null: not at all.</summary>
    public Func<TimeSpan>? Delay { get; init; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_open.Keys);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var forwarding = ForwardAsync(await _listener.AcceptSocketAsync(_end.Token));
                _open[forwarding] = 0;
                _ = forwarding.ContinueWith(done => _open.TryRemove(done, out var _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        const int Command = 64;
        using (client)
        using (var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            var sent = 0L;
            try
            {
                await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Target), _end.Token);
                var there = CopyAsync(client, server, count =>
                {
                    sent += count;
                    return Task.CompletedTask;
                });
                var back = CopyAsync(server, client, _ => sent > Command && Delay is { } delay ? Task.Delay(delay(), _end.Token) : Task.CompletedTask);
                await Task.WhenAll(there, back);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, Func<int, Task> before)
    {
        try
        {
            var buffer = new byte[65536];
            while (await from.ReceiveAsync(buffer, _end.Token) is var count and > 0)
            {
                await before(count);
                for (var at = 0; at < count;)
                {
                    at += await to.SendAsync(buffer.AsMemory(at, count - at), _end.Token);
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
