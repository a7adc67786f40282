using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Rewriting;

/// <summary>What a client gets, and what the operator is told, where an answer links to packages on a host that nothing rewrites.</summary>
public sealed class ForeignLinksTests
{
    private const string Page = """<a href="https://elsewhere.example.org/a.whl">a</a>""";
    private const string Metalink =
        """<?xml version="1.0"?><metalink><file name="a"><url>https://elsewhere.example.org/a</url></file></metalink>""";

    [Theory]
    [InlineData("text/html", Page)]
    [InlineData("application/octet-stream", """{"dist":{"tarball":"https://elsewhere.example.org/a"}}""")]
    public async Task PlainRoute_DeliversAndSaysSo(string type, string text)
    {
        await using var world = await StartAsync();
        Publish(world, "/a", text, type);

        var reply = await GetAsync(world, "/plain/a");
        await GetAsync(world, "/plain/a");

        Assert.Equal((200, text, "bytes"), (reply.Status, Encoding.UTF8.GetString(reply.Body), reply["Accept-Ranges"]));
        Assert.Equal(2, await world.MetricAsync("clamproxy_rewriting_foreign_answers_total"));
        var ready = await world.Management.GetStringAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Contains("\"route\": \"plain\"", ready, StringComparison.Ordinal);
        Assert.Contains("\"host\": \"elsewhere.example.org\"", ready, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a", "text/html", Page)]
    [InlineData("/a", "application/octet-stream", """{"dist":{"tarball":"https://elsewhere.example.org/a"}}""")]
    [InlineData("/a", "text/plain", "wget https://elsewhere.example.org/a.tar.gz\n")]
    [InlineData("/a.meta4", "application/octet-stream", Metalink)]
    [InlineData("/a.whl", "application/metalink4+xml", Metalink)]
    [InlineData("/a.torrent", "application/octet-stream", "d8:announce0:e")]
    [InlineData("/a.whl", "application/x-bittorrent", "d8:announce0:e")]
    public async Task RouteThatRefuses_AnswersWithAReason(string path, string type, string text)
    {
        await using var world = await StartAsync(
            "--ClamProxy:Routes:plain:ForeignLinks=refuse", "--ClamProxy:Routes:plain:Immutable=/**/*.whl");
        Publish(world, path, text, type);

        var reply = await GetAsync(world, "/plain" + path);

        Assert.Equal((409, "Links lead past the scanner"), (reply.Status, reply.Reason));
        Assert.Contains("ForeignLinks=warn", reply.Problem("detail"), StringComparison.Ordinal);
        Assert.Null(reply["ETag"]);
    }

    [Theory]
    [InlineData("/a.whl", "text/html", Page)]
    [InlineData("/a", "application/octet-stream", "\0\u0001 https://elsewhere.example.org/a.whl")]
    [InlineData("/a", "text/html", """<a href="https://elsewhere.example.org/about.html">a</a> https://elsewhere.example.org/a.whl""")]
    [InlineData("/a.meta4", "application/metalink4+xml", "<metalink><file name='a'><url>/a</url></file></metalink>")]
    public async Task RouteThatRefuses_DeliversWhatLeadsNowhere(string path, string type, string text)
    {
        await using var world = await StartAsync(
            "--ClamProxy:Routes:plain:ForeignLinks=refuse", "--ClamProxy:Routes:plain:Immutable=/**/*.whl");
        Publish(world, path, text, type);

        var reply = await GetAsync(world, "/plain" + path);

        Assert.Equal((200, text), (reply.Status, Encoding.UTF8.GetString(reply.Body)));
    }

    [Fact]
    public async Task RouteThatRefuses_OnlyTellsOfItsUpstreamsOwnHost()
    {
        await using var world = await StartAsync("--ClamProxy:Routes:plain:ForeignLinks=refuse");
        Publish(world, "/a", $"<a href=\"{world.Origin.Url}/a.whl\">a</a>", "text/html");

        Assert.Equal(200, (await GetAsync(world, "/plain/a")).Status);
        Assert.Equal(1, await world.MetricAsync("clamproxy_rewriting_foreign_answers_total"));
    }

    [Fact]
    public async Task RouteThatAllows_SearchesNothing()
    {
        await using var world = await StartAsync("--ClamProxy:Routes:plain:ForeignLinks=allow");
        Publish(world, "/a", Page, "text/html");

        Assert.Equal(200, (await GetAsync(world, "/plain/a")).Status);
        Assert.Equal(0, await world.MetricAsync("clamproxy_rewriting_foreign_answers_total"));
    }

    [Fact]
    public async Task ErrorPage_IsNoIndex()
    {
        await using var world = await StartAsync("--ClamProxy:Routes:plain:ForeignLinks=refuse");
        world.Origin.On("/a", context =>
        {
            context.Response.StatusCode = 404;
            context.Response.ContentType = "text/html";
            return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(Page));
        });

        Assert.Equal(404, (await GetAsync(world, "/plain/a")).Status);
    }

    [Theory]
    [InlineData("<https://mirror.example.org/a>; rel=duplicate", null)]
    [InlineData("<https://next.example.org/a>; rel=next", "<https://next.example.org/a>; rel=next")]
    public async Task MirrorsOfAnySource_DoNotPass(string link, string? expected)
    {
        await using var world = await StartAsync();
        world.Origin.On("/a", context =>
        {
            context.Response.Headers.Link = link;
            return FakeOrigin.SendAsync(context, "a file"u8.ToArray());
        });

        Assert.Equal(expected, (await world.GetAsync("/a"))["Link"]);
        Assert.Equal(expected, (await world.GetAsync("/a", true))["Link"]);
        Assert.Equal(expected, (await world.GetAsync("/a", true))["Link"]);
        Assert.Equal(expected, (await GetAsync(world, "/plain/a"))["Link"]);
        using var head = world.Request("/a", false, HttpMethod.Head);
        Assert.Equal(expected, (await world.SendAsync(head))["Link"]);
    }

    [Theory]
    [InlineData("text/html", 409)]
    [InlineData("application/octet-stream", 409)]
    public async Task SlowScan_NothingLeavesBeforeTheLinksAreKnown(string type, int status)
    {
        var verdict = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await StartAsync(
            "--ClamProxy:Routes:plain:ForeignLinks=refuse", "--PATIENCE_SECONDS=0", "--HOLD_BACK_BYTES=1024",
            "--ClamProxy:Gate:TrickleInterval=1ms", "--ClamProxy:Gate:TrickleBytes=4K");
        Publish(world, "/a", "<p>" + new string('.', 100_000) + Page, type);
        world.Clamd.OnContent = async (connection, _) => await connection.ReplyAsync(await verdict.Task);
        var asked = GetAsync(world, "/plain/a");
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 1);

        verdict.SetResult("stream: OK\0");

        Assert.Equal(status, (await asked).Status);
    }

    [Fact]
    public async Task SlowScanOfARewrittenText_BreaksOffBeforeItsEnd()
    {
        var verdict = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await RewritingWorld.StartAsync(
            "--ClamProxy:Routes:idx:ForeignLinks=refuse", "--PATIENCE_SECONDS=0", "--HOLD_BACK_BYTES=1024",
            "--ClamProxy:Gate:TrickleInterval=1ms", "--ClamProxy:Gate:TrickleBytes=4K");
        world.On("/a", string.Concat(Enumerable.Repeat(RewritingWorld.Index, 1000)) + Page);
        world.Proxy.Clamd.OnContent = async (connection, _) => await connection.ReplyAsync(await verdict.Task);
        using var response = await world.Proxy.Client.GetAsync(
            new Uri("/idx/a", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[5000]);

        verdict.SetResult("stream: OK\0");

        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null));
    }

    private static Task<ProxyWorld> StartAsync(params string[] settings) => ProxyWorld.StartAsync(origin =>
        ["--ClamProxy:Routes:plain:Path=/plain", $"--ClamProxy:Routes:plain:Upstream={origin.Url}", .. settings]);

    private static void Publish(ProxyWorld world, string path, string text, string type) => world.Origin.On(path, context =>
    {
        context.Response.ContentType = type;
        context.Response.Headers.ETag = "\"v1\"";
        return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(text));
    });

    private static async Task<Reply> GetAsync(ProxyWorld world, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        return await world.SendAsync(request);
    }
}
