using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ClamProxy.Core.Tests.Download;

/// <summary>
/// An HTTP/2 upstream that says what no real server would: the frames after its SETTINGS, in answer to each request, are a test's own.
/// </summary>
internal sealed class RawHttp2Origin : IAsyncDisposable
{
    /// <summary>As the last of the frames: it closes the connection behind them.</summary>
    public static readonly byte[] Close = [];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _protocols = new();
    private readonly Task _serving;

    public RawHttp2Origin(X509Certificate2 certificate, params byte[][] frames)
    {
        _listener.Start();
        _serving = AcceptAsync(certificate, frames);
    }

    /// <summary>What requests over HTTP/1.1 get; null: it offers HTTP/2 only.</summary>
    public string? Http1Answer { get; init; }

    /// <summary>The protocol of each connection on which a request came, in their order: <c>h2</c> or <c>http/1.1</c>.</summary>
    public IReadOnlyCollection<string> Protocols => _protocols;

    public string Url => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>HEADERS of stream 1: status 200 and a Content-Length (RFC 7541: index 8, then name 28 with a literal value).</summary>
    public static byte[] Head(string contentLength) =>
        Frame(1, 0x4, [0x88, 0x0f, 0x0d, (byte)contentLength.Length, .. Encoding.ASCII.GetBytes(contentLength)]);

    /// <summary>DATA of stream 1, its last or not.</summary>
    public static byte[] Data(string text, bool isLast) => Frame(0, isLast ? (byte)1 : (byte)0, Encoding.ASCII.GetBytes(text));

    /// <summary>RST_STREAM of stream 1 with INTERNAL_ERROR, or with another code of RFC 9113 §7.</summary>
    public static byte[] Reset(byte code = 2) => Frame(3, 0, [0, 0, 0, code]);

    /// <summary>GOAWAY with such a code: no stream up to the last one was taken.</summary>
    public static byte[] GoAway(byte code, byte lastStream) => Frame(7, 0, [0, 0, 0, lastStream, 0, 0, 0, code], stream: 0);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    /// <summary>Any frame (RFC 9113 §4.1) of stream 1, or of the connection (0).</summary>
    public static byte[] Frame(byte type, byte flags, byte[] payload, byte stream = 1) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, stream, .. payload];

    /// <summary>A header field of short texts as it is (RFC 7541 §6.2.2); Latin-1.</summary>
    public static byte[] Field(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.Latin1.GetBytes(name), (byte)value.Length, .. Encoding.Latin1.GetBytes(value)];

    private async Task AcceptAsync(X509Certificate2 certificate, byte[][] frames)
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token), certificate, frames));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient accepted, X509Certificate2 certificate, byte[][] frames)
    {
        try
        {
            using var client = accepted;
            await using var tls = new SslStream(client.GetStream());
            List<SslApplicationProtocol> protocols = [SslApplicationProtocol.Http2];
            if (Http1Answer is not null)
            {
                protocols.Add(SslApplicationProtocol.Http11);
            }

            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = protocols }, _stop.Token);
            await (tls.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2 ? SayAsync(tls, frames) : SayAsync(tls));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or AuthenticationException)
        {
        }
    }

    private async Task SayAsync(SslStream tls)
    {
        _ = await tls.ReadAsync(new byte[16 * 1024], _stop.Token);
        _protocols.Enqueue("http/1.1");
        await tls.WriteAsync(Encoding.Latin1.GetBytes(Http1Answer!), _stop.Token);
        await tls.ShutdownAsync();
    }

    private async Task SayAsync(SslStream tls, byte[][] frames)
    {
        await tls.WriteAsync(Frame(4, 0, [], stream: 0), _stop.Token);
        await tls.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length], _stop.Token);
        for (byte stream = 1; ; stream += 2)
        {
            await ReadRequestAsync(tls);
            _protocols.Enqueue("h2");
            if (stream == 1)
            {
                await tls.WriteAsync(Frame(4, 1, [], stream: 0), _stop.Token);
            }

            foreach (var frame in frames)
            {
                await tls.WriteAsync(Of(stream, frame), _stop.Token);
            }

            if (frames[^1] == Close)
            {
                return;
            }
        }
    }

    /// <summary>A frame of stream 1 as one of another stream; those of the connection stay.</summary>
    private static byte[] Of(byte stream, byte[] frame) =>
        frame is [_, _, _, _, _, 0, 0, 0, 1, ..] ? [.. frame[..8], stream, .. frame[9..]] : frame;

    private async Task ReadRequestAsync(SslStream tls)
    {
        var head = new byte[9];
        do
        {
            await tls.ReadExactlyAsync(head, _stop.Token);
            await tls.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]], _stop.Token);
        }
        while (head[3] != 1);
    }
}
