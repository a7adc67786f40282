using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ClamProxy.Doors.Http;
using ClamProxy.Doors.Http.Replies;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Clients that are kept alive by 100 Continue while their file is scanned, and others, which are not.</summary>
public sealed class InterimTests : IDisposable
{
    private const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";
    private const string Curl = "User-Agent: curl/7.88.1";
    private static readonly byte[] Content = RandomBody.Of(60_000);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly string[] Quick =
    [
        "--ClamProxy:InterimInterval=20ms", "--PATIENCE_SECONDS=0", "--HOLD_BACK_BYTES=1K", "--ClamProxy:Gate:TrickleInterval=1ms",
        "--ClamProxy:Gate:TrickleBytes=4K",
    ];

    private readonly TaskCompletionSource _scanned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _tooLong = new(Limit);
    private string _verdict = "stream: OK\0";

    public void Dispose() => _tooLong.Dispose();

    [Theory]
    [InlineData("curl/7.88.1", "patience")]
    [InlineData("Wget/1.21.3", "patience")]
    [InlineData("curl/7.88.1", "interim")]
    [InlineData("python-requests/2.31.0", "interim")]
    public async Task ClientThatBearsThem_IsKeptAliveWithoutAByteOfTheBodyAndTheConnectionGoesOn(string agent, string delivery)
    {
        await using var world = await SlowWorldAsync($"--DELIVERY={delivery}");
        await using var client = await ConnectAsync(world);

        await AskAsync(client, world, $"User-Agent: {agent}");
        var before = await ReadAsync(client, Continue.Length * 3);
        _scanned.SetResult();
        var head = await HeadAsync(client);
        var body = await ReadBytesAsync(client, Content.Length);
        await AskAsync(client, world, $"User-Agent: {agent}");
        var next = await HeadAsync(client);

        Assert.Equal(Continue + Continue + Continue, before);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Equal(Content, body);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LateBadVerdict_IsAPlainRefusal()
    {
        _verdict = "stream: Eicar-Test-Signature FOUND\0";
        await using var world = await SlowWorldAsync();
        await using var client = await ConnectAsync(world);

        await AskAsync(client, world, Curl);
        await ReadAsync(client, Continue.Length * 2);
        _scanned.SetResult();

        Assert.StartsWith("HTTP/1.1 409 Infected Eicar-Test-Signature\r\n", await HeadAsync(client), StringComparison.Ordinal);
        Assert.Equal(0, await world.MetricAsync("clamproxy_gate_trickles_total"));
    }

    [Fact]
    public async Task PipelinedRequests_AreAnsweredInOrder()
    {
        await using var world = await SlowWorldAsync();
        await using var client = await ConnectAsync(world);

        await AskAsync(client, world, Curl);
        await AskAsync(client, world, Curl);
        await ReadAsync(client, Continue.Length * 2);
        _scanned.SetResult();
        var first = await HeadAsync(client);
        await ReadBytesAsync(client, Content.Length);
        var second = await HeadAsync(client);

        Assert.All([first, second], head => Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal));
        Assert.Equal(Content, await ReadBytesAsync(client, Content.Length));
    }

    [Fact]
    public async Task OverTls_TheyComeToo()
    {
        using var files = new TempFolder();
        await using var world = await SlowWorldAsync(Tls(files));
        using var socket = new TcpClient(
            "127.0.0.1", new UriBuilder(world.Addresses.First(address => address.StartsWith("https", StringComparison.Ordinal))).Port);
        await using var client = new SslStream(socket.GetStream());
        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
#pragma warning disable CA5359 // A test's own certificate.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        });

        await AskAsync(client, world, Curl);
        var before = await ReadAsync(client, Continue.Length * 2);
        _scanned.SetResult();

        Assert.Equal(Continue + Continue, before);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await HeadAsync(client), StringComparison.Ordinal);
        Assert.Equal(Content, await ReadBytesAsync(client, Content.Length));
    }

    [Theory]
    [InlineData("HTTP/1.1", Curl, "Via: 1.1 squid")]
    [InlineData("HTTP/1.1", Curl, "Forwarded: for=192.0.2.1")]
    [InlineData("HTTP/1.1", Curl, "X-Forwarded-Host: example.org")]
    [InlineData("HTTP/1.1", Curl, "X-Real-IP: 192.0.2.1")]
    [InlineData("HTTP/1.1", Curl, "Client-Protocol: HTTP/1.1")]
    [InlineData("HTTP/1.1", Curl, "Expect: 100-continue\r\nContent-Length: 1")]
    [InlineData("HTTP/1.0", Curl, "X-Nothing: more")]
    [InlineData("HTTP/1.1", "User-Agent: pip/23.2", "X-Nothing: more")]
    [InlineData("HTTP/1.1", "User-Agent: cargo/1.90", "X-Nothing: more")]
    [InlineData("HTTP/1.1", "User-Agent: Go-http-client/1.1", "X-Nothing: more")]
    [InlineData("HTTP/1.1", "User-Agent: Debian APT-HTTP/1.3", "X-Nothing: more")]
    [InlineData("HTTP/1.1", "User-Agent: Java-http-client/21", "X-Nothing: more")]
    [InlineData("HTTP/1.1", "User-Agent: Mozilla/5.0 curl/7", "X-Nothing: more")]
    [InlineData("HTTP/1.1", "User-Agent: node", "X-Nothing: more")]
    [InlineData("HTTP/1.1", "X-No-Agent: 1", "X-Nothing: more")]
    public async Task WhoMayNotBearThem_GetsNone(string protocol, string agent, string field)
    {
        await using var world = await SlowWorldAsync("--DELIVERY=interim");
        await using var client = await ConnectAsync(world);

        await AskAsync(client, world, $"{agent}\r\n{field}", protocol);
        await world.WaitForMetricAsync("clamproxy_clamd_scans_active", 1);
        // The time of ten of them.
        await Task.Delay(200, _tooLong.Token);
        _scanned.SetResult();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await HeadAsync(client), StringComparison.Ordinal);
        Assert.Equal(0, await world.MetricAsync("clamproxy_http_interims_total"));
    }

    [Theory]
    [InlineData("hold", 0)]
    [InlineData("trickle", 1)]
    public async Task OtherDeliveries_SendNone(string delivery, int trickles)
    {
        await using var world = await SlowWorldAsync($"--DELIVERY={delivery}");
        await using var client = await ConnectAsync(world);

        await AskAsync(client, world, Curl);
        await world.WaitForMetricAsync("clamproxy_clamd_scans_active", 1);
        await world.WaitForMetricAsync("clamproxy_unproved_entries", trickles);
        _scanned.SetResult();

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await HeadAsync(client), StringComparison.Ordinal);
        Assert.Equal(0, await world.MetricAsync("clamproxy_http_interims_total"));
    }

    [Fact]
    public async Task ClientThatLeaves_EndsThem()
    {
        await using var world = await SlowWorldAsync();
        await using (var client = await ConnectAsync(world))
        {
            await AskAsync(client, world, Curl);
            await ReadAsync(client, Continue.Length);
        }

        await world.WaitForMetricAsync("clamproxy_gate_waiters", 0);
        _scanned.SetResult();
    }

    [Fact]
    public async Task ClientThatTakesNoneOfThem_LosesItsConnectionAndNothingMoreIsWritten()
    {
        using var meters = new TestMeters();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
        var (context, lifetime) = (new DefaultHttpContext(), new Lifetime(pipe.Reader));
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        var options = new HttpDoorOptions
        {
            InterimInterval = TimeSpan.FromMilliseconds(10),
            InterimTimeout = TimeSpan.FromMilliseconds(50),
        };

        await using (new InterimSender(context, pipe.Writer, options, new HttpDoorMetrics(meters), TimeProvider.System))
        {
            await lifetime.Aborted.Task.WaitAsync(Limit);
        }

        Assert.Equal(Continue.Length, lifetime.Unread);
    }

    [Theory]
    [InlineData("HTTP/1.0", "X-Nothing: more", false)]
    [InlineData("HTTP/1.1", "Client-Protocol: HTTP/1.0", false)]
    [InlineData("HTTP/1.1", "Client-Protocol: nonsense", false)]
    [InlineData("HTTP/1.1", "Client-Protocol: HTTP/1.1\r\nClient-Protocol: HTTP/1.0", false)]
    [InlineData("HTTP/1.1", "X-Real-IP: 192.0.2.1", false)]
    [InlineData("HTTP/1.1", "Via: 1.1 squid", false)]
    [InlineData("HTTP/1.1", "Connection: close", false)]
    [InlineData("HTTP/1.1", "X-Nothing: more", true)]
    [InlineData("HTTP/1.1", "X-Real-IP: 192.0.2.1\r\nClient-Protocol: HTTP/1.1", true)]
    [InlineData("HTTP/1.1", "X-Real-IP: 192.0.2.1\r\nClient-Protocol: HTTP/2.0", true)]
    public async Task ClientThatMayNotSeeABrokenTransfer_IsHeld(string protocol, string field, bool isTrickled)
    {
        _verdict = "stream: Eicar-Test-Signature FOUND\0";
        await using var world = await SlowWorldAsync();
        await using var client = await ConnectAsync(world);

        await AskAsync(client, world, field, protocol);
        await world.WaitForMetricAsync("clamproxy_clamd_scans_active", 1);
        if (isTrickled)
        {
            await world.WaitForMetricAsync("clamproxy_unproved_entries", 1);
        }

        _scanned.SetResult();

        Assert.StartsWith(
            isTrickled ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 409 Infected Eicar-Test-Signature\r\n",
            await HeadAsync(client),
            StringComparison.Ordinal);
        Assert.DoesNotContain("Client-Protocol", Assert.Single(world.Origin.Requests).Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    private sealed class Lifetime(PipeReader output) : IHttpRequestLifetimeFeature
    {
        public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Unread { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort()
        {
            if (Aborted.TrySetResult())
            {
                Unread = output.TryRead(out var read) ? read.Buffer.Length : 0;
                output.Complete();
            }
        }
    }

    internal static string[] Tls(TempFolder files)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(files.File("cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(files.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
        return
        [
            "--Kestrel:Endpoints:Tls:Url=https://127.0.0.1:0", $"--Kestrel:Endpoints:Tls:Certificate:Path={files.File("cert.pem")}",
            $"--Kestrel:Endpoints:Tls:Certificate:KeyPath={files.File("key.pem")}",
        ];
    }

    private static async Task<NetworkStream> ConnectAsync(ProxyWorld world)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", new UriBuilder(world.Addresses[0]).Port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static ValueTask AskAsync(
        Stream client, ProxyWorld world, string fields, string protocol = "HTTP/1.1", string path = "/file") =>
        client.WriteAsync(
        Encoding.Latin1.GetBytes($"GET {path} {protocol}\r\nHost: here\r\nDownload-From: {world.Origin.Url}\r\n{fields}\r\n\r\n"));

    private async Task<ProxyWorld> SlowWorldAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync([.. Quick, .. settings]);
        world.Origin.On("/file", Content);
        world.Clamd.OnContent = async (connection, _) =>
        {
            if (await Task.WhenAny(_scanned.Task, connection.StallAsync()) == _scanned.Task)
            {
                await connection.ReplyAsync(_verdict);
            }
        };
        return world;
    }

    private async Task<byte[]> ReadBytesAsync(Stream client, int bytes)
    {
        var read = new byte[bytes];
        await client.ReadExactlyAsync(read, _tooLong.Token);
        return read;
    }

    private async Task<string> ReadAsync(Stream client, int bytes) => Encoding.Latin1.GetString(await ReadBytesAsync(client, bytes));

    /// <summary>The next final answer's head.</summary>
    private async Task<string> HeadAsync(Stream client)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) || head.ToString() == Continue)
        {
            if (head.ToString() == Continue)
            {
                head.Clear();
            }

            head.Append(await ReadAsync(client, 1));
        }

        return head.ToString();
    }
}
