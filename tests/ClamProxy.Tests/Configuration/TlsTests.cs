using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ClamProxy.Starting;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Configuration;

/// <summary>Listeners by Kestrel's own configuration.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Password = "key-password";
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private readonly FakeOriginCertificate _certificate = new();
    private readonly int _port = FreePort.Next();
    private readonly int _managementPort = FreePort.Next();

    public void Dispose() => _certificate.Dispose();

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task HttpsEndpoint_TakesThePlaceOfThePort(string version)
    {
        var plain = FreePort.Next();
        await using var application = Build($"--PORT={plain}", $"--MANAGEMENT_PORT={_managementPort}");
        await application.StartAsync(Cancelled);
        using var client = Client();

        using var answer = await AskAsync(client, $"https://127.0.0.1:{_port}/healthz", version);
        Assert.Equal((HttpStatusCode.BadRequest, Version.Parse(version)), (answer.StatusCode, answer.Version));
        Assert.Contains("Download-From", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(client, $"http://127.0.0.1:{plain}/", "1.1"));
        Assert.Equal("ok\n", await client.GetStringAsync(new UriBuilder("http", "127.0.0.1", _managementPort, "/healthz").Uri, Cancelled));
    }

    [Fact]
    public async Task EndpointCalledManagement_TakesThePlaceOfTheManagementPort()
    {
        await using var application = Build(
            $"--Kestrel:Endpoints:Management:Url=https://127.0.0.1:{_managementPort}", "--MANAGEMENT_PORT=0");
        await application.StartAsync(Cancelled);
        using var client = Client();

        Assert.Equal("ok\n", await client.GetStringAsync(new UriBuilder("https", "127.0.0.1", _managementPort, "/healthz").Uri, Cancelled));
        Assert.Equal(2, application.Urls.Count);
    }

    [Theory]
    [InlineData("Path", "/nowhere/tls.pfx")]
    [InlineData("Password", "wrong-password")]
    public async Task CertificateThatCannotBeOpened_EndsTheStartWithOneLineAndNoSecret(string key, string value)
    {
        using var error = new StringWriter();

        var code = await StartFailure.GuardAsync(
            async () =>
            {
                await using var application = Build($"--Kestrel:Certificates:Default:{key}={value}");
                await application.StartAsync(Cancelled);
                return 0;
            },
            error);

        Assert.Equal(StartFailure.ExitCode, code);
        var line = Assert.Single(error.ToString().TrimEnd().Split('\n'));
        Assert.StartsWith("Kestrel: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("-password", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddressesInAClientsCertificate_AreNotFetched()
    {
        await using var server = new FakeCertificateServer();
        using var chain = new FakeCertificateChain(server);
        await using var application = Build(
            $"--MANAGEMENT_PORT={_managementPort}", "--Kestrel:Endpoints:Https:ClientCertificateMode=RequireCertificate");
        await application.StartAsync(Cancelled);
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, _port, Cancelled);
        await using var tls = new SslStream(connection.GetStream());

        var end = await Record.ExceptionAsync(async () =>
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    CertificateChainPolicy = Trust(),
                    ClientCertificateContext = chain.Context(withIntermediate: false),
                },
                Cancelled);
            await tls.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancelled);
            await tls.ReadExactlyAsync(new byte[1], Cancelled);
        });

        Assert.IsAssignableFrom<IOException>(end);
        Assert.Equal(0, server.Connections);
        Assert.False(chain.IsIntermediateKept);
    }

    [Fact]
    public async Task RequestThatIsNoHttp_HasItsProblemWithinTls()
    {
        await using var application = Build($"--MANAGEMENT_PORT={_managementPort}");
        await application.StartAsync(Cancelled);
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, _port, Cancelled);
        await using var tls = new SslStream(connection.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Trust() }, Cancelled);

        await tls.WriteAsync("nonsense\r\n\r\n"u8.ToArray(), Cancelled);

        using var reader = new StreamReader(tls);
        var answer = await reader.ReadToEndAsync(Cancelled);
        Assert.StartsWith("HTTP/1.1 400 Bad request\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"urn:clamproxy:problem:bad-request\"", answer, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string address, string version)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address)
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return client.SendAsync(request, Cancelled);
    }

    private HttpClient Client() =>
        new(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = Trust() } }) { Timeout = TimeSpan.FromSeconds(60) };

    private X509ChainPolicy Trust()
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(_certificate.RootFile);
        return trust;
    }

    private Microsoft.AspNetCore.Builder.WebApplication Build(params string[] settings)
    {
        var (application, problems) = ProxyApplication.Build(
        [
            "--LOG_LEVEL=None", $"--CLAMD_HOSTS=tcp://127.0.0.1:{FreePort.Next()}", "--STOP_DELAY=0",
            $"--Kestrel:Endpoints:Https:Url=https://127.0.0.1:{_port}",
            $"--Kestrel:Certificates:Default:Path={_certificate.PkcsFile(Password)}", $"--Kestrel:Certificates:Default:Password={Password}",
            .. settings,
        ]);
        Assert.True(application is not null, string.Join('\n', problems));
        return application;
    }
}
