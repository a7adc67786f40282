using System.Buffers;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Clamd;

/// <summary>One connection to clamd: bytes there, replies back, every wait bounded.</summary>
internal sealed class ClamdConnection : IDisposable
{
    /// <summary>No reply is longer: libclamav reads signature lines of 8 KiB at most. Twice that.</summary>
    public const int LongestReply = 16 * 1024;

    private static readonly TimeSpan Writable = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket;
    private readonly TimeProvider _time;

    private ClamdConnection(Socket socket, TimeProvider time)
    {
        _socket = socket;
        _time = time;
    }

    /// <summary>Nothing is there to read, the connection's end included.</summary>
    public bool IsQuiet
    {
        get
        {
            try
            {
                return !_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <exception cref="ClamdException">Refused, or no connection inside the time-out.</exception>
    public static async Task<ClamdConnection> OpenAsync(
        ClamdEndpoint endpoint, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = NewSocket(endpoint);
            using var deadline = new CancellationTokenSource(timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            await socket.ConnectAsync(endpoint.Address, either.Token).ConfigureAwait(false);
            return new ClamdConnection(socket, time);
        }
        catch (OperationCanceledException cause)
        {
            socket?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new ClamdException(ScannerFault.ConnectTimedOut, $"it accepted no connection within {timeout.TotalSeconds:0.#} s", cause);
        }
        catch (SocketException cause)
        {
            socket?.Dispose();
            // A unix socket whose backlog is full answers EAGAIN: somebody listens there. That we are out of descriptors says nothing of
            // it.
            var fault = cause.SocketErrorCode is SocketError.WouldBlock or SocketError.TimedOut or SocketError.TooManyOpenSockets
                ? ScannerFault.ConnectTimedOut
                : ScannerFault.Refused;
            var why = cause.SocketErrorCode == SocketError.ConnectionRefused
                ? "connection refused"
                : $"cannot connect to it ({cause.SocketErrorCode})";
            throw new ClamdException(fault, why, cause);
        }
    }

    /// <summary>Sends all of it; <paramref name="stall"/> is the longest time without progress.</summary>
    /// <exception cref="ClamdException">The connection broke (<see cref="ScannerFault.Cut"/>: a reply may still be there to read) or
    /// stalled.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> data, TimeSpan stall, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(stall, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (!data.IsEmpty)
            {
                data = data[await _socket.SendAsync(data, SocketFlags.None, either.Token).ConfigureAwait(false)..];
                deadline.CancelAfter(stall);
            }
        }
        catch (OperationCanceledException cause) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClamdException(ScannerFault.SendStalled, $"it accepted no data for {stall.TotalSeconds:0.#} s", cause);
        }
        catch (SocketException cause)
        {
            throw Cut(cause);
        }
    }

    /// <summary>Sends one byte with a descriptor, on a unix socket.</summary>
    public async Task SendAsync(SafeFileHandle file, CancellationToken cancellationToken)
    {
        try
        {
            while (!Descriptor.TrySend(_socket, file))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.Run(() => _socket.Poll(Writable, SelectMode.SelectWrite), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SocketException cause)
        {
            throw Cut(cause);
        }
    }

    /// <summary>Reads to the end of the connection, which is where the reply to a single command ends.</summary>
    /// <exception cref="ClamdException">Nothing was there to read but a reset, or more than any reply.</exception>
    public Task<RawReply> ReceiveAsync(CancellationToken cancellationToken) => ReceiveAsync(toTheEnd: true, cancellationToken);

    /// <summary>Reads to the NUL that ends a reply, or to the end of the connection. What arrived behind the NUL is part of it: the caller
    /// finds that it is no reply.</summary>
    /// <exception cref="ClamdException">Nothing was there to read but a reset, or more than any reply.</exception>
    public Task<RawReply> ReceiveReplyAsync(CancellationToken cancellationToken) => ReceiveAsync(toTheEnd: false, cancellationToken);

    public void Dispose() => _socket.Dispose();

    private async Task<RawReply> ReceiveAsync(bool toTheEnd, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LongestReply + 1);
        var length = 0;
        try
        {
            while (length <= LongestReply)
            {
                var read = await _socket.ReceiveAsync(
                    buffer.AsMemory(length, LongestReply + 1 - length), SocketFlags.None, cancellationToken).ConfigureAwait(false);
                var hasNul = buffer.AsSpan(length, read).Contains((byte)0);
                length += read;
                if (read == 0 || (hasNul && !toTheEnd))
                {
                    return new RawReply(buffer[..length], IsOrderly: true);
                }
            }

            throw new ClamdException(ScannerFault.Protocol, $"its reply is longer than {LongestReply} bytes");
        }
        catch (SocketException) when (length > 0)
        {
            // clamd closes on a stream over its limit without reading the rest: the reset comes behind the reply.
            return new RawReply(buffer[..length], IsOrderly: false);
        }
        catch (SocketException cause)
        {
            throw Cut(cause);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ClamdException Cut(SocketException cause) =>
        new(ScannerFault.Cut, $"the connection broke ({cause.SocketErrorCode})", cause);

    private static Socket NewSocket(ClamdEndpoint endpoint)
    {
        if (endpoint.IsUnix)
        {
            return new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        // A peer that lost power never resets the connection: 10 s + 3 × 5 s later the kernel does.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        return socket;
    }
}
