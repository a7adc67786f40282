using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>To a browser all routes are one origin: what one upstream sends must not act for the client at another.</summary>
public sealed class BrowserTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EveryGatedAnswer_IsIsolated()
    {
        await using var world = await ProxyWorld.StartAsync($"--STORE_PATH={_folder.File("store")}", "--ACCEL_REDIRECT=/.clamproxy-store/");
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'";
            context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
            context.Response.Headers.XContentTypeOptions = "sniff";
            context.Response.Headers.ETag = "\"1\"";
            return FakeOrigin.SendAsync(context, "<script>1</script>"u8.ToArray());
        });
        world.Origin.On("/unmodified", context =>
        {
            context.Response.StatusCode = 304;
            return Task.CompletedTask;
        });
        using var head = world.Request("/file", method: HttpMethod.Head);

        var downloaded = await world.GetAsync("/file", cacheScan: true);
        var stored = await world.GetAsync("/file", cacheScan: true);
        var part = await world.GetAsync("/file", cacheScan: true, ("Range", "bytes=0-1"));
        var byNginx = await world.GetAsync("/file", cacheScan: true, ("X-Sendfile-Type", "X-Accel-Redirect"));
        var current = await world.GetAsync("/file", cacheScan: true, ("If-None-Match", "\"1\""));
        var ofHead = await world.SendAsync(head);
        var missing = await world.GetAsync("/missing");
        var unmodified = await world.GetAsync("/unmodified", headers: ("If-None-Match", "\"1\""));

        Assert.All([downloaded, stored, part, byNginx, current, ofHead], reply =>
            Assert.Equal("sandbox allow-downloads, default-src 'self'", reply["Content-Security-Policy"]));
        Assert.All([missing, unmodified], reply => Assert.Equal("sandbox allow-downloads", reply["Content-Security-Policy"]));
        Assert.All([downloaded, stored, part, byNginx, current, ofHead, missing, unmodified], reply =>
            Assert.Equal(("nosniff", "same-origin"), (reply["X-Content-Type-Options"], reply["Cross-Origin-Resource-Policy"])));
        Assert.NotNull(byNginx["X-Accel-Redirect"]);
    }

    [Fact]
    public async Task OperatorLoosensIt_UpstreamsFieldsAreAsTheyCame()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:IsolateContent=false");
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'";
            context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
            return FakeOrigin.SendAsync(context, "x"u8.ToArray());
        });

        var reply = await world.GetAsync("/file");

        Assert.Equal(
            ("default-src 'self'", "cross-origin", null),
            (reply["Content-Security-Policy"], reply["Cross-Origin-Resource-Policy"], reply["X-Content-Type-Options"]));
    }

    [Fact]
    public async Task ProblemPage_MayDoNothing()
    {
        await using var world = await ProxyWorld.StartAsync();

        var page = await world.GetAsync("/a/../../b", headers: ("Accept", "text/html"));
        using var bad = new HttpRequestMessage(HttpMethod.Get, new Uri("/x", UriKind.Relative)) { Headers = { { "Accept", "text/html" } } };
        var problem = await world.SendAsync(bad);

        Assert.Equal(
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
            problem["Content-Security-Policy"]);
        Assert.Equal(("nosniff", "same-origin"), (problem["X-Content-Type-Options"], problem["Cross-Origin-Resource-Policy"]));
        Assert.NotEqual(0, page.Status);
    }

    [Theory]
    [InlineData("same-origin", "cors", 403)]
    [InlineData("same-origin", "same-origin", 403)]
    [InlineData("cross-site", "no-cors", 403)]
    [InlineData("same-site", "cors", 403)]
    [InlineData("cross-site", null, 403)]
    [InlineData("same-origin", "navigate", 200)]
    [InlineData("none", "navigate", 200)]
    [InlineData(null, "cors", 200)]
    [InlineData(null, null, 200)]
    public async Task ScriptOfAPage_DoesNotSayWhereAFileComesFrom(string? site, string? mode, int status)
    {
        await using var world = await ProxyWorld.StartAsync(origin =>
            ["--ClamProxy:Routes:r:Path=/r", $"--ClamProxy:Routes:r:Upstream={origin.Url}"]);
        world.Origin.On("/file", "file"u8.ToArray());
        (string, string)[] metadata =
        [
            .. site is null ? [] : new[] { ("Sec-Fetch-Site", site) }, .. mode is null ? [] : new[] { ("Sec-Fetch-Mode", mode) }
        ];
        using var byRoute = new HttpRequestMessage(HttpMethod.Get, new Uri("/r/file", UriKind.Relative));
        foreach (var (name, value) in metadata)
        {
            byRoute.Headers.TryAddWithoutValidation(name, value);
        }

        var reply = await world.GetAsync("/file", headers: metadata);

        Assert.Equal(status, reply.Status);
        Assert.Equal(200, (await world.SendAsync(byRoute)).Status);
        if (status == 403)
        {
            Assert.Equal("urn:clamproxy:problem:asked-by-a-page", reply.Problem("type"));
        }
    }

    [Fact]
    public async Task TrustedProxyInFront_SaysWhereAFileComesFromForItsPages()
    {
        await using var world = await ProxyWorld.StartAsync("--TRUSTED_PROXIES=127.0.0.1/32");
        world.Origin.On("/file", "file"u8.ToArray());

        Assert.Equal(
            200, (await world.GetAsync("/file", headers: [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "no-cors")])).Status);
    }
}
