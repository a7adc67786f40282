using System.Net;
using System.Security.Cryptography.X509Certificates;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>A real nginx that gives its file only to those who show a certificate of its authority.</summary>
public sealed class ClientCertificateTests : IAsyncDisposable
{
    private static readonly byte[] Content = RandomBody.Of(100_000);

    private readonly TempFolder _folder = new();
    private readonly FakeOriginCertificate _certificate = new();
    private readonly FakeClamd _clamd = FakeClamd.OnTcp();

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        _certificate.Dispose();
        await _clamd.DisposeAsync();
    }

    [Fact]
    public async Task CertificateOfOneRoute_IsShownOnThatRouteOnly()
    {
        using var client = _certificate.Client("CN=of the route");
        var (file, key) = Write(client);
        await using var nginx = await NginxClientCertificate.StartAsync(_certificate.Server, _certificate.RootFile, Content);
        await using var proxy = await StartAsync(new()
        {
            ["ClamProxy__Routes__with__Path"] = "/with",
            ["ClamProxy__Routes__with__Upstream"] = $"https://127.0.0.1:{nginx.Port}",
            ["ClamProxy__Routes__with__ClientCertificate"] = file,
            ["ClamProxy__Routes__with__ClientKey"] = key,
            ["ClamProxy__Routes__with__Credential"] = "bearer env:TOKEN_OF_THE_ROUTE",
            ["TOKEN_OF_THE_ROUTE"] = "s3cret-of-the-route",
            ["LOG_LEVEL"] = "Debug",
            ["ClamProxy__Routes__without__Path"] = "/without",
            ["ClamProxy__Routes__without__Upstream"] = $"https://127.0.0.1:{nginx.Port}",
        });

        await HoldsAsync(proxy, nginx, "/with/file", HttpStatusCode.OK);
        await HoldsAsync(proxy, nginx, "/without/file", HttpStatusCode.BadRequest);
        Assert.Equal(["SUCCESS CN=of the route /file 200 Bearer s3cret-of-the-route", "NONE - /file 400 -"], nginx.Answers);
        Assert.DoesNotContain("s3cret-of-the-route", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CertificateForAllUpstreams_IsShownThroughSquidToo()
    {
        using var client = _certificate.Client("CN=of all");
        var (file, key) = Write(client);
        await File.AppendAllTextAsync(file, await File.ReadAllTextAsync(key));
        await using var nginx = await NginxClientCertificate.StartAsync(_certificate.Server, _certificate.RootFile, Content);
        await using var squid = await SquidProcess.StartAsync("127.0.0.1 mirror.test\n");
        await using var proxy = await StartAsync(new()
        {
            ["ClamProxy__Download__ClientCertificate"] = file,
            ["UPSTREAM_PROXY"] = squid.Url,
            ["UPSTREAM_NO_PROXY"] = "127.0.0.1",
        });

        foreach (var host in new[] { "127.0.0.1", "mirror.test" })
        {
            using var answer = await proxy.GetAsync("/file", $"https://{host}:{nginx.Port}");
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer}\n{nginx.Log}\n{proxy.Log}");
        }

        Assert.Equal(["SUCCESS CN=of all /file 200 -", "SUCCESS CN=of all /file 200 -"], nginx.Answers);
    }

    private static async Task HoldsAsync(ProxyProcess proxy, NginxClientCertificate nginx, string path, HttpStatusCode status)
    {
        using var answer = await proxy.Client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.True(answer.StatusCode == status, $"{answer}\n{nginx.Log}\n{proxy.Log}");
        if (status == HttpStatusCode.OK)
        {
            Assert.Equal(Content, await answer.Content.ReadAsByteArrayAsync());
        }
    }

    private (string File, string Key) Write(X509Certificate2 client)
    {
        var (file, key) = (_folder.File("client.pem"), _folder.File("client.key"));
        File.WriteAllText(file, client.ExportCertificatePem() + "\n");
        File.WriteAllText(key, client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return (file, key);
    }

    private Task<ProxyProcess> StartAsync(Dictionary<string, string> variables) =>
        ProxyProcess.StartAsync(new Dictionary<string, string>(variables)
        {
            ["CLAMD_HOSTS"] = _clamd.Endpoint,
            ["ALLOWED_UPSTREAMS"] = "mirror.test,127.0.0.1",
            ["ClamProxy__Download__ExtraRootCertificates"] = _certificate.RootFile,
        });
}
