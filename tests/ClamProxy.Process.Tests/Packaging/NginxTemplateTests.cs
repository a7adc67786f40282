using System.Net;
using System.Security.Cryptography.X509Certificates;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Process.Tests.Packaging;

public sealed class NginxTemplateTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ShippedTemplates_AreTakenByNginx()
    {
        var (exitCode, log) = await NginxProcess.CheckAsync(NginxProcess.Defaults("127.0.0.1:8080"));
        Assert.True(exitCode == 0, log);
    }

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
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, given, _, _) => given!.Equals(certificate) };
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
        await NginxServer.UntilListensAsync(nginx, port, TimeSpan.FromSeconds(10));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-Prefix", "/evil");

        await client.GetStringAsync(Exact(new UriBuilder("http", "127.0.0.1", port).Uri, "/pypi/simple/a%2Fb/"), Cancelled);

        var (protocol, target, headers) = Assert.Single(proxy.Requests);
        Assert.Equal(("HTTP/1.1", "/pypi/simple/a%2Fb/"), (protocol, target));
        Assert.Equal(
            ($"127.0.0.1:{port}", "http", "", "127.0.0.1", "HTTP/1.1"),
            ($"{headers["X-Forwarded-Host"]}", $"{headers["X-Forwarded-Proto"]}", $"{headers["X-Forwarded-Prefix"]}",
                $"{headers["X-Real-IP"]}", $"{headers["Client-Protocol"]}"));
    }

    [Fact]
    public async Task PathAndQuery_ArrivesAsItWasSent()
    {
        await using var proxy = await StandIn.StartAsync(Text("ok"));
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        await client.GetStringAsync(Exact(nginx.Address("EXAMPLE_PORT"), "/a%2Fb/%2B/c+d//e?x=%20&y=%2f"), Cancelled);
        Assert.Equal("/a%2Fb/%2B/c+d//e?x=%20&y=%2f", Assert.Single(proxy.Requests).Target);
    }

    [Fact]
    public async Task HeadersThatClientsMustNotSet_AreOverwritten()
    {
        await using var proxy = await StandIn.StartAsync(Text("ok"));
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("Download-From", "http://evil.example/");
        client.DefaultRequestHeaders.Add("Cache-Scan", "True");
        await client.GetStringAsync(nginx.Address("EXAMPLE_PORT"), Cancelled);
        await client.GetStringAsync(new Uri(nginx.Address("PYPI_PORT"), "/packages/x"), Cancelled);
        Assert.Equal(
            [("https://example.org", "False"), ("https://files.pythonhosted.org", "True")],
            proxy.Requests.Select(request => (request.Headers["Download-From"].ToString(), request.Headers["Cache-Scan"].ToString())));
    }

    [Theory]
    [InlineData("EXAMPLE_PORT", "/style.css")]
    [InlineData("PYPI_PORT", "/packages/x")]
    [InlineData("PYPI_PORT", "/simple/x/")]
    public async Task PartOfAPageInABrowser_IsNotTakenForAPageThatNamesTheUpstream(string port, string path)
    {
        await using var proxy = await StandIn.StartAsync(Text("ok"));
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        await client.GetStringAsync(new Uri(nginx.Address(port), path), Cancelled);
        Assert.False(Assert.Single(proxy.Requests).Headers.ContainsKey("Sec-Fetch-Site"));
    }

    [Fact]
    public async Task LinksOfTheIndex_LeadToTheFilesLocation()
    {
        await using var proxy = await StandIn.StartAsync(
            Text("""{"url":"https://files.pythonhosted.org/packages/a.whl"}""", "application/vnd.pypi.simple.v1+json"));
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(nginx.Address("PYPI_PORT"), "/simple/a/"), Cancelled);
        Assert.Equal("""{"url":"/packages/a.whl"}""", await answer.Content.ReadAsStringAsync(Cancelled));
        Assert.False(answer.Headers.Contains("Repr-Digest"));
    }

    [Fact]
    public async Task RefusalsStatusAndBody_ReachTheClient()
    {
        await using var proxy = await StandIn.StartAsync(async context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "5";
            await context.Response.WriteAsync("no scanner", context.RequestAborted);
        });
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        using var answer = await client.GetAsync(nginx.Address("EXAMPLE_PORT"), Cancelled);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "no scanner"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled)));
        Assert.Equal("5", answer.Headers.GetValues("Retry-After").Single());
        Assert.Single(proxy.Requests);
    }

    [Fact]
    public async Task XAccelRedirectWhereBodiesAreRewritten_DoesNotSteerNginx()
    {
        await using var proxy = await StandIn.StartAsync(context =>
        {
            context.Response.Headers["X-Accel-Redirect"] = "/healthz";
            return context.Response.WriteAsync("from the proxy", context.RequestAborted);
        });
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        Assert.Equal("from the proxy", await client.GetStringAsync(nginx.Address("PYPI_PORT"), Cancelled));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(100L)]
    public async Task BodyThatTheProxyCutsOff_LooksBrokenToTheClient(long? length)
    {
        await using var proxy = await StandIn.StartAsync(async context =>
        {
            context.Response.ContentLength = length;
            await context.Response.WriteAsync("a part", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        });
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(nginx.Address("EXAMPLE_PORT"), Cancelled));
    }

    [Fact]
    public async Task FirstBytes_ComeBeforeTheLastAreThere()
    {
        var seen = new TaskCompletionSource();
        await using var proxy = await StandIn.StartAsync(async context =>
        {
            await context.Response.WriteAsync("a", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await seen.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("b", context.RequestAborted);
        });
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        deadline.CancelAfter(TimeSpan.FromSeconds(10));
        using var answer = await client.GetAsync(nginx.Address("EXAMPLE_PORT"), HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        await using var body = await answer.Content.ReadAsStreamAsync(deadline.Token);
        Assert.Equal('a', (await ReadAsync(body, deadline.Token))[0]);
        seen.SetResult();
        Assert.Equal('b', (await ReadAsync(body, deadline.Token))[0]);
    }

    [Fact]
    public async Task ProxyIsAsked_InTheVersionThatKnowsChunks()
    {
        await using var proxy = await StandIn.StartAsync(Text("ok"));
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        await client.GetStringAsync(nginx.Address("EXAMPLE_PORT"), Cancelled);
        Assert.Equal("HTTP/1.1", Assert.Single(proxy.Requests).Protocol);
    }

    [Fact]
    public async Task NameThatNoServerHas_NeverReachesTheProxy()
    {
        await using var proxy = await StandIn.StartAsync(Text("ok"));
        await using var nginx = await NginxProcess.StartAsync(NginxProcess.Defaults(proxy.Address));
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(nginx.Address("NGINX_PORT"), "/anything"), Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("ok\n", await client.GetStringAsync(new Uri(nginx.Address("NGINX_PORT"), "/healthz"), Cancelled));
        Assert.Empty(proxy.Requests);
    }

    private static RequestDelegate Text(string text, string type = "text/plain") => context =>
    {
        context.Response.ContentType = type;
        context.Response.Headers["Repr-Digest"] = "sha-256=:AAAA:";
        return context.Response.WriteAsync(text, context.RequestAborted);
    };

    private static async Task<string> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[16];
        return System.Text.Encoding.ASCII.GetString(buffer, 0, await body.ReadAsync(buffer, cancellationToken));
    }

    // HttpClient would tidy the path up.
    private static Uri Exact(Uri server, string target)
    {
        Assert.True(
            Uri.TryCreate(
                $"http://{server.Authority}{target}",
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true },
                out var uri));
        return uri;
    }
}
