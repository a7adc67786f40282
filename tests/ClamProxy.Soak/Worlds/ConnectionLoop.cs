using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Soak.Worlds;

/// <summary>Accepts TCP connections until it is disposed of, and waits for what is made of them.</summary>
internal sealed class ConnectionLoop : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Task, byte> _open = [];
    private readonly Func<Socket, CancellationToken, Task> _serve;
    private readonly Task _accepting;

    /// <param name="serve">What is made of a connection, which it disposes of. The token ends it; a connection that breaks, or ends so, is
    /// no error.</param>
    public ConnectionLoop(IPEndPoint endpoint, Func<Socket, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener = new TcpListener(endpoint);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_open.Keys);
        _end.Dispose();
    }

    private static bool IsEnd(Exception e) => e is OperationCanceledException or SocketException or ObjectDisposedException;

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var serving = ServeAsync(await _listener.AcceptSocketAsync(_end.Token));
                _open[serving] = 0;
                _ = serving.ContinueWith(
                    done => _open.TryRemove(done, out var _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        using (socket)
        {
            try
            {
                await _serve(socket, _end.Token);
            }
            catch (Exception e) when (IsEnd(e))
            {
            }
        }
    }
}
