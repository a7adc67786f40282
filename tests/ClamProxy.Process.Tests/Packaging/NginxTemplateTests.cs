using System.Net;
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
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
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
