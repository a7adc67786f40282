using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ClamProxy.Soak.Hostile.Parts;

/// <summary>A TLS server that sends its own certificate alone. Kestrel would look for the issuer's, by the very address that is under test.</summary>
internal sealed class TlsOrigin : IAsyncDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly SslServerAuthenticationOptions _options;
    private readonly Task _accepting;
    private int _accepted;

    public TlsOrigin(X509Certificate2 leaf)
    {
        _options = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(leaf, additionalCertificates: null, offline: true) };
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections came.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _accepted);
        using (client)
        {
            try
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(_options, _end.Token);
                if (await tls.ReadAsync(new byte[4096], _end.Token) > 0)
                {
                    await tls.WriteAsync(Answer, _end.Token);
                }
            }
            catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException or SocketException)
            {
                // The client did not trust it, or has gone.
            }
        }
    }
}
