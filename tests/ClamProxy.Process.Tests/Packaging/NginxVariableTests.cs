using System.Security.Cryptography.X509Certificates;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>What the variables of the shipped nginx templates do, and the template for an nginx on the host.</summary>
public sealed class NginxVariableTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData()]
    [InlineData("EXAMPLE_CACHE_SCAN", "PYPI_PORT")]
    [InlineData("EXAMPLE_PORT", "EXAMPLE_DOWNLOAD_FROM", "NPM_DOWNLOAD_FROM", "NPM_CACHE_SCAN", "GO_CACHE_SCAN")]
    public async Task ServersWhoseVariablesAreNotAllSet_AreOff(params string[] given)
    {
        var all = NginxProcess.Defaults("127.0.0.1:8080");

        var (exitCode, log) = await NginxProcess.CheckAsync(
            all.Where(pair => pair.Key is "NGINX_PORT" || given.Contains(pair.Key)).ToDictionary());

        // The address of compose, which no name server knows here.
        Assert.DoesNotContain("${", log, StringComparison.Ordinal);
        Assert.Contains("host not found in upstream \"clamproxy:8080\"", log, StringComparison.Ordinal);
        (exitCode, log) = await NginxProcess.CheckAsync(
            all.Where(pair => pair.Key is "NGINX_PORT" or "CLAMPROXY_ADDRESS" || given.Contains(pair.Key)).ToDictionary());
        Assert.True(exitCode == 0, log);
    }

    [Fact]
    public async Task SeveralServers_AreAskedInTurn()
    {
        await using var one = await StandIn.StartAsync(Text("ok"));
        await using var other = await StandIn.StartAsync(Text("ok"));
        var variables = NginxProcess.Defaults(one.Address);
        variables["CLAMPROXY_SERVERS"] = $"{one.Address}, {other.Address}";
        await using var nginx = await NginxProcess.StartAsync(variables);
        using var client = new HttpClient();
        for (var request = 0; request < 4; request++)
        {
            await client.GetStringAsync(nginx.Address("EXAMPLE_PORT"), Cancelled);
        }

        Assert.Equal((2, 2), (one.Requests.Count, other.Requests.Count));
    }

    [Fact]
    public async Task CertificateAndKey_MakeEveryServerOneOfTls()
    {
        using var folder = new TempFolder();
        using var authority = new FakeOriginCertificate();
        var certificate = authority.Server;
        await File.WriteAllTextAsync(folder.File("tls.crt"), certificate.ExportCertificatePem(), Cancelled);
        await File.WriteAllTextAsync(folder.File("tls.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), Cancelled);
        await using var proxy = await StandIn.StartAsync(Text("ok"));
        var variables = NginxProcess.Defaults(proxy.Address);
        (variables["TLS_CERTIFICATE"], variables["TLS_KEY"]) = (folder.File("tls.crt"), folder.File("tls.key"));
        await using var nginx = await NginxProcess.StartAsync(variables);
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, given, _, _) => given!.Equals(certificate),
        };
        using var client = new HttpClient(handler);

        foreach (var server in (string[])["EXAMPLE_PORT", "PYPI_PORT", "GENERIC_PORT"])
        {
            Assert.Equal("ok", await client.GetStringAsync(new UriBuilder(nginx.Address(server)) { Scheme = "https" }.Uri, Cancelled));
        }

        Assert.Equal("ok\n", await client.GetStringAsync(new Uri(nginx.Address("NGINX_PORT"), "/healthz"), Cancelled));
        variables.Remove("TLS_KEY");
        Assert.NotEqual(0, (await NginxProcess.CheckAsync(variables)).ExitCode);
    }

    [Fact]
    public async Task HostTemplateForPresets_NamesTheHostThatClientsAsked()
    {
        await using var proxy = await StandIn.StartAsync(Text("ok"));
        using var folder = new TempFolder();
        var port = FreePort.Next();
        var template = await File.ReadAllTextAsync(Repository.File("deploy/nginx-presets.conf.template"), Cancelled);
        await using var nginx = NginxServer.Start(
            folder,
            "access_log off;\n" + template.Replace("${CLAMPROXY_ADDRESS}", proxy.Address, StringComparison.Ordinal)
                .Replace("${NGINX_LISTEN}", $"127.0.0.1:{port}", StringComparison.Ordinal)
                .Replace("${NGINX_NAME}", "packages.example.org", StringComparison.Ordinal)
                .Replace("${NGINX_TLS}", "", StringComparison.Ordinal));
        await nginx.UntilListensAsync(port, TimeSpan.FromSeconds(60));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-Prefix", "/evil");

        await client.GetStringAsync(new UriBuilder("http", "127.0.0.1", port, "/pypi/simple/a%2Fb/").Uri, Cancelled);

        var (protocol, target, headers) = Assert.Single(proxy.Requests);
        Assert.Equal(("HTTP/1.1", "/pypi/simple/a%2Fb/"), (protocol, target));
        Assert.Equal(
            ($"127.0.0.1:{port}", "http", "", "127.0.0.1", "HTTP/1.1"),
            ($"{headers["X-Forwarded-Host"]}", $"{headers["X-Forwarded-Proto"]}", $"{headers["X-Forwarded-Prefix"]}",
                $"{headers["X-Real-IP"]}", $"{headers["Client-Protocol"]}"));
    }

    private static RequestDelegate Text(string text) => context => context.Response.WriteAsync(text, context.RequestAborted);
}
