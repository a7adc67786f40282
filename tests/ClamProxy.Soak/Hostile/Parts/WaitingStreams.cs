using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using ClamProxy.Soak.Hostile.Clients;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>
/// HTTP/2 connections of one client, frame by frame (RFC 9113), each with many requests for one target that never comes: each costs the
/// client next to nothing.
/// </summary>
internal sealed class WaitingStreams(string source, int port) : IAsyncDisposable
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte Acknowledged = 1;

    private readonly List<SslStream> _connections = [];
    private readonly List<Task> _reading = [];
    private readonly CancellationTokenSource _end = new();
    private int _answered;
    private int _closed;

    /// <summary>Requests that were answered meanwhile: refused, as nothing else can have come.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Connections that the proxy ended.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>Opens one more connection and asks on it.</summary>
    /// <param name="upstream">The value of Download-From.</param>
    /// <param name="fields">More fields, their names in lower case.</param>
    /// <returns>False: the proxy did not take it.</returns>
    public async Task<bool> AddAsync(
        string path, string upstream, int streams, CancellationToken cancellationToken, params (string Name, string Value)[] fields)
    {
        try
        {
            var socket = await ClientFrom.ConnectAsync(source, port, cancellationToken);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            _connections.Add(tls);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    ApplicationProtocols = [SslApplicationProtocol.Http2],
#pragma warning disable CA5359 // The certificate is the test's own.
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
                },
                cancellationToken);
            (string, string)[] all =
            [
                (":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", path), ("download-from", upstream),
                .. fields
            ];
            byte[] head = [.. all.SelectMany(field => (byte[])[0, .. Text(field.Item1), .. Text(field.Item2)])];
            byte[] first = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])];
            await tls.WriteAsync(
                (byte[])[.. first, .. Enumerable.Range(0, streams).SelectMany(stream => Frame(Headers, 0x5, (stream * 2) + 1, head))],
                cancellationToken);
            _reading.Add(ReadAsync(tls));
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            Interlocked.Increment(ref _closed);
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await Task.WhenAll(_reading);
        _end.Dispose();
    }

    private async Task ReadAsync(SslStream tls)
    {
        var head = new byte[9];
        try
        {
            while (true)
            {
                await tls.ReadExactlyAsync(head, _end.Token);
                var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >> 8];
                await tls.ReadExactlyAsync(payload, _end.Token);
                if (head[3] is Settings && (head[4] & Acknowledged) == 0)
                {
                    await tls.WriteAsync(Frame(Settings, Acknowledged, 0, []), _end.Token);
                }
                else if (head[3] is Headers or Data && (head[4] & 1) != 0)
                {
                    Interlocked.Increment(ref _answered);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Interlocked.Increment(ref _closed);
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    // RFC 7541 §6.2.2: literals without indexing. None is longer than 126 bytes.
    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.Latin1.GetBytes(text)];
}
