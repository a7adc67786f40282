using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClamProxy.TestKit;

/// <summary>An HTTP/1.1 upstream that says exactly what it is told to, byte by byte if wanted, and keeps what it was sent.</summary>
public sealed class RawOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Func<RawConversation, Task> _script;
    private readonly Task _accepting;
    private int _number;

    /// <summary>Runs <paramref name="script"/> once per connection, when its request head has arrived.</summary>
    public RawOrigin(Func<RawConversation, Task> script, int port = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _script = script;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>The request heads as they came, one Latin-1 character per byte.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Answers every request with the same bytes (Latin-1) and closes.</summary>
    public static RawOrigin Saying(string answer, int port = 0) => new(conversation => conversation.SayAsync(answer), port);

    /// <summary>The same, one byte per packet.</summary>
    public static RawOrigin SayingByteByByte(string answer) => new(conversation => conversation.SayByteByByteAsync(answer));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true)
            {
                conversations.Add(ConverseAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
        }

        await Task.WhenAll(conversations);
    }

    private async Task ConverseAsync(Socket socket)
    {
        using (socket)
        {
            socket.NoDelay = true;
            try
            {
                if (await ReadHeadAsync(socket) is { } head)
                {
                    _requests.Enqueue(head);
                    await _script(new RawConversation(socket, head, Interlocked.Increment(ref _number), _stop.Token));
                    socket.Shutdown(SocketShutdown.Send);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task<string?> ReadHeadAsync(Socket socket)
    {
        var head = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer, _stop.Token);
            if (read == 0)
            {
                return null;
            }

            head.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return head.ToString();
    }
}
