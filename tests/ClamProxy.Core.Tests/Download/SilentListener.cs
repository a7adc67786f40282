using System.Net;
using System.Net.Sockets;

namespace ClamProxy.Core.Tests.Download;

/// <summary>A server at one loopback address that takes connections and never says a byte.</summary>
internal sealed class SilentListener : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _asked = new(0);
    private readonly Task _accepting;
    private int _accepted;

    public SilentListener(string address, int port = 0)
    {
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections it took.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Waits until one more connection has brought something.</summary>
    public Task AskedAsync(CancellationToken cancellationToken) => _asked.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
        _asked.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> taken = [];
        try
        {
            while (true)
            {
                taken.Add(ListenAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }

        await Task.WhenAll(taken);
    }

    private async Task ListenAsync(TcpClient client)
    {
        Interlocked.Increment(ref _accepted);
        using (client)
        {
            try
            {
                if (await client.GetStream().ReadAsync(new byte[1], _stop.Token) > 0)
                {
                    _asked.Release();
                }

                await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The client has left, or the test is over.
            }
        }
    }
}
