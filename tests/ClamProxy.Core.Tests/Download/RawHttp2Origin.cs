using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ClamProxy.Core.Tests.Download;

/// <summary>
/// An HTTP/2 upstream for one request that says what no real server would: the frames after its SETTINGS are a test's own.
/// </summary>
internal sealed class RawHttp2Origin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public RawHttp2Origin(X509Certificate2 certificate, params byte[][] frames)
    {
        _listener.Start();
        _serving = ServeAsync(certificate, frames);
    }

    public string Url => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>HEADERS of stream 1: status 200 and a Content-Length (RFC 7541: index 8, then name 28 with a literal value).</summary>
    public static byte[] Head(string contentLength) =>
        Frame(1, 0x4, [0x88, 0x0f, 0x0d, (byte)contentLength.Length, .. Encoding.ASCII.GetBytes(contentLength)]);

    /// <summary>DATA of stream 1, its last or not.</summary>
    public static byte[] Data(string text, bool isLast) => Frame(0, isLast ? (byte)1 : (byte)0, Encoding.ASCII.GetBytes(text));

    /// <summary>RST_STREAM of stream 1 with INTERNAL_ERROR.</summary>
    public static byte[] Reset() => Frame(3, 0, [0, 0, 0, 2]);

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

    private async Task ServeAsync(X509Certificate2 certificate, byte[][] frames)
    {
        try
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ApplicationProtocols = [SslApplicationProtocol.Http2],
                },
                _stop.Token);
            await tls.WriteAsync(Frame(4, 0, [], stream: 0), _stop.Token);
            await ReadRequestAsync(tls);
            await tls.WriteAsync(Frame(4, 1, [], stream: 0), _stop.Token);
            foreach (var frame in frames)
            {
                await tls.WriteAsync(frame, _stop.Token);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or InvalidOperationException)
        {
        }
    }

    private async Task ReadRequestAsync(SslStream tls)
    {
        await tls.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length], _stop.Token);
        var head = new byte[9];
        do
        {
            await tls.ReadExactlyAsync(head, _stop.Token);
            await tls.ReadExactlyAsync(new byte[(head[0] << 16) | (head[1] << 8) | head[2]], _stop.Token);
        }
        while (head[3] != 1);
    }
}
