using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>A client that speaks HTTP/2 frame by frame, without TLS: its header fields are bytes that HTTP/1.1 could not carry.</summary>
internal sealed class WireHttp2 : IDisposable
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte GoAway = 7;
    private const byte Continuation = 9;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client;
    private int _next = 1;

    private WireHttp2(TcpClient client) => _client = client;

    /// <summary>Gives the proxy one more port, on which it speaks HTTP/2 alone.</summary>
    public static void Listen(KestrelServerOptions server) =>
        server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);

    public static async Task<WireHttp2> ConnectAsync(ProxyWorld world)
    {
        var connection = new WireHttp2(await Wire.ConnectAsync(world.Addresses[^1]));
        await connection.SendAsync([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])]);
        return connection;
    }

    /// <summary>The fields of a GET, pseudo fields first; those given replace or follow them.</summary>
    public static List<(string Name, string Value)> Get(string origin, params (string Name, string Value)[] fields)
    {
        List<(string Name, string Value)> all =
        [
            (":method", "GET"), (":scheme", "http"), (":authority", "p"), (":path", "/a"), ("download-from", origin)
        ];
        foreach (var field in fields)
        {
            var at = all.FindIndex(one => one.Name == field.Name && field.Name is not "download-from");
            if (at < 0)
            {
                all.Add(field);
            }
            else
            {
                all[at] = field;
            }
        }

        return all;
    }

    /// <summary>The frames of a request without a body; it may be reset in the same breath.</summary>
    public byte[] Request(List<(string Name, string Value)> fields, bool isReset = false)
    {
        var stream = _next;
        _next += 2;
        byte[] request = Frame(Headers, 0x5, stream, Pack(fields));
        return isReset ? [.. request, .. Frame(Reset, 0, stream, [0, 0, 0, 8])] : request;
    }

    /// <summary>A head that goes on: the first frame, and one to send as often as wanted.</summary>
    public (byte[] First, byte[] Again) EndlessHead(string origin)
    {
        var stream = _next;
        _next += 2;
        return (Frame(Headers, 0x1, stream, Pack(Get(origin))), Frame(Continuation, 0, stream, Pack([("x", new string('x', 100))])));
    }

    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes);

    /// <summary>Asks once and reads on until that stream, or the connection, is over.</summary>
    /// <returns>The answer's body, as text; null when there was none, for the stream or the connection was broken off.</returns>
    public async Task<string?> AskAsync(List<(string Name, string Value)> fields)
    {
        var stream = _next;
        await SendAsync(Request(fields));
        var body = new StringBuilder();
        while (await ReadFrameAsync() is { } frame)
        {
            if (frame.Type == GoAway || (frame.Type == Reset && frame.Stream == stream))
            {
                return null;
            }

            if (frame.Stream != stream)
            {
                continue;
            }

            if (frame.Type == Data)
            {
                body.Append(Encoding.Latin1.GetString(frame.Payload));
            }

            if (frame.Type is Data or Headers && (frame.Flags & 1) != 0)
            {
                return body.ToString();
            }
        }

        return null;
    }

    /// <summary>Reads until the proxy says that it has had enough, or closes.</summary>
    public async Task WaitUntilCutOffAsync()
    {
        while (await ReadFrameAsync() is { Type: not GoAway })
        {
        }
    }

    public void Dispose() => _client.Dispose();

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    // RFC 7541 §6.2.2: literals without indexing, their names too.
    private static byte[] Pack(List<(string Name, string Value)> fields) =>
        [.. fields.SelectMany(field => (byte[])[0, .. Text(field.Name), .. Text(field.Value)])];

    private static byte[] Text(string text) =>
        [.. text.Length < 127 ? [(byte)text.Length] : Long(text.Length), .. Encoding.Latin1.GetBytes(text)];

    private static byte[] Long(int length)
    {
        List<byte> bytes = [127];
        for (length -= 127; length >= 128; length >>= 7)
        {
            bytes.Add((byte)((length & 127) | 128));
        }

        return [.. bytes, (byte)length];
    }

    private async Task<(byte Type, byte Flags, int Stream, byte[] Payload)?> ReadFrameAsync()
    {
        using var tooLong = new CancellationTokenSource(Limit);
        try
        {
            var head = new byte[9];
            await _client.GetStream().ReadExactlyAsync(head, tooLong.Token);
            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >> 8];
            await _client.GetStream().ReadExactlyAsync(payload, tooLong.Token);
            return (head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return null;
        }
    }
}
