using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClamProxy.TestKit;

/// <summary>A TCP relay on a loopback port that treats its target's answers as it is told to: a bad network on command.</summary>
/// <remarks>Whatever the protocol: Redis, clamd, HTTP. A change of <see cref="Mode"/> holds for open connections too.</remarks>
public sealed class FlakyRelay : IAsyncDisposable
{
    private const int TornBytes = 512;
    private const int SlowBytes = 16 << 10;
    private static readonly TimeSpan SlowPause = TimeSpan.FromMilliseconds(30);
    private static readonly byte[] Garbage = "\0\u0001HTTP/1.1 $-9999999999\r\n*x\r\n?"u8.ToArray();

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<RelayedConnection, Task> _open = [];
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private TaskCompletionSource _release = Released();
    private TaskCompletionSource? _lost;
    private (Func<ReadOnlyMemory<byte>, bool> IsMet, TaskCompletionSource Reached)? _stop;
    private RelayMode _mode;
    private int _accepted;
    private long _held;

    /// <param name="target">Where connections lead to: a loopback port, or the end point of a unix socket.</param>
    public FlakyRelay(EndPoint target)
    {
        Target = target;
        Listen();
    }

    public FlakyRelay(int port)
        : this(new IPEndPoint(IPAddress.Loopback, port))
    {
    }

    public int Port { get; } = FreePort.Next();

    /// <summary>Where the next connections lead to: several targets in turn are what stands behind a virtual address.</summary>
    public EndPoint Target { get; set; }

    /// <summary>The address from which the next connection comes to its target; unset: the machine's own.</summary>
    public Func<IPAddress>? Sources { get; init; }

    /// <summary>How many connections came so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How many bytes it took for its target since it was told to hang.</summary>
    public long HeldBytes => Interlocked.Read(ref _held);

    public RelayMode Mode
    {
        get => _mode;
        set
        {
            _mode = value;
            if (value == RelayMode.Hang)
            {
                Interlocked.Exchange(ref _held, 0);
                Interlocked.Exchange(ref _release, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            else
            {
                _release.TrySetResult();
            }
        }
    }

    /// <summary>Passes no answer on from now on, until the mode changes.</summary>
    /// <returns>Ends when the first one was lost.</returns>
    public Task LoseAnswers()
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _lost, lost);
        Mode = RelayMode.LoseAnswers;
        return lost.Task;
    }

    /// <summary>Hangs from the first piece on that goes to the target and meets this; that one does not get there.</summary>
    /// <param name="isMet">Asked for each piece, for one at a time.</param>
    /// <returns>Ends when it hangs.</returns>
    public Task HangAt(Func<ReadOnlyMemory<byte>, bool> isMet)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_open)
        {
            _stop = (isMet, reached);
        }

        return reached.Task;
    }

    /// <summary>Refuses connections from now on, and resets those that are open.</summary>
    public async Task RefuseAsync()
    {
        Interlocked.Exchange(ref _listener, null)?.Dispose();
        await _accepting;
        ResetAll();
    }

    /// <summary>Takes connections again, on the same port.</summary>
    public void Listen()
    {
        if (_listener is null)
        {
            _listener = new TcpListener(IPAddress.Loopback, Port);
            _listener.Start();
            _accepting = AcceptAsync(_listener);
        }
    }

    /// <summary>Resets every open connection (RST), as a crashed host does.</summary>
    public void ResetAll()
    {
        foreach (var connection in _open.Keys)
        {
            connection.Reset();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await RefuseAsync();
        await Task.WhenAll(_open.Values);
        _end.Dispose();
    }

    private static TaskCompletionSource Released()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var connection = new RelayedConnection(await listener.AcceptSocketAsync(_end.Token), Target, Sources?.Invoke());
                Interlocked.Increment(ref _accepted);
                _open[connection] = RelayAsync(connection);
            }
        }
        catch (Exception) when (Volatile.Read(ref _listener) != listener || _end.IsCancellationRequested)
        {
            // Told to refuse, or at the end. Any other failure is told by whoever refuses or disposes.
        }
    }

    private async Task RelayAsync(RelayedConnection connection)
    {
        await Task.Yield();
        try
        {
            await connection.ConnectAsync(_end.Token);
            await Task.WhenAll(UntilBrokenAsync(connection, ForwardAsync), UntilBrokenAsync(connection, AnswerAsync));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side went away: so does the other.
        }
        finally
        {
            connection.Reset();
            _open.TryRemove(connection, out _);
        }
    }

    // A side that broke takes the other one along; one that only ended lets the other one finish.
    private static async Task UntilBrokenAsync(RelayedConnection connection, Func<RelayedConnection, Task> way)
    {
        try
        {
            await way(connection);
        }
        catch
        {
            connection.Reset();
            throw;
        }
    }

    private async Task ForwardAsync(RelayedConnection connection)
    {
        var buffer = new byte[65536];
        while (await connection.Client.ReceiveAsync(buffer, _end.Token) is var count and > 0)
        {
            LookAt(buffer.AsMemory(0, count));
            Interlocked.Add(ref _held, count);
            await _release.Task.WaitAsync(_end.Token);
            await (_mode == RelayMode.TearRequests
                ? TearAsync(connection.Target, buffer.AsMemory(0, count))
                : SendAsync(connection.Target, buffer.AsMemory(0, count)));
        }

        connection.Target.Shutdown(SocketShutdown.Send);
    }

    private void LookAt(ReadOnlyMemory<byte> piece)
    {
        lock (_open)
        {
            if (_stop is { } stop && stop.IsMet(piece))
            {
                _stop = null;
                Mode = RelayMode.Hang;
                stop.Reached.SetResult();
            }
        }
    }

    private async Task AnswerAsync(RelayedConnection connection)
    {
        var buffer = new byte[65536];
        while (await connection.Target.ReceiveAsync(buffer, _end.Token) is var count and > 0)
        {
            await _release.Task.WaitAsync(_end.Token);
            await AnswerAsync(connection, buffer.AsMemory(0, count));
        }

        connection.Client.Shutdown(SocketShutdown.Send);
    }

    private async Task AnswerAsync(RelayedConnection connection, ReadOnlyMemory<byte> bytes)
    {
        switch (_mode)
        {
            case RelayMode.Pass or RelayMode.Hang or RelayMode.TearRequests:
                await SendAsync(connection.Client, bytes);
                break;
            case RelayMode.Tear:
                await TearAsync(connection.Client, bytes);
                break;
            case RelayMode.Slow:
                for (; bytes.Length > 0; bytes = bytes[Math.Min(SlowBytes, bytes.Length)..])
                {
                    await Task.Delay(SlowPause, _end.Token);
                    await SendAsync(connection.Client, bytes[..Math.Min(SlowBytes, bytes.Length)]);
                }

                break;
            case RelayMode.ResetMidway:
                await SendAsync(connection.Client, bytes[..(bytes.Length / 2)]);
                connection.Reset();
                break;
            case RelayMode.Garble:
                await SendAsync(connection.Client, Garbage);
                break;
            case RelayMode.LoseAnswers:
                _lost?.TrySetResult();
                break;
        }
    }

    private async Task TearAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        var torn = Math.Min(TornBytes, bytes.Length);
        for (var i = 0; i < torn; i++)
        {
            await SendAsync(socket, bytes.Slice(i, 1));
        }

        await SendAsync(socket, bytes[torn..]);
    }

    private async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, _end.Token)..];
        }
    }
}
