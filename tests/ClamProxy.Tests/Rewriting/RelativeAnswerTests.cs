using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Rewriting;

/// <summary>
/// What clients of a route with rules get of links that are relative to upstream's server, or to where an index was moved.
/// </summary>
public sealed class RelativeAnswerTests
{
    [Fact]
    public async Task LinkFromTheServersRoot_LeadsBackToTheRoute()
    {
        await using var world = await RewritingWorld.StartAsync();
        world.On("/simple/a/", """<a href="/packages/a.whl#sha256=1">a</a><a href="b.whl">b</a>""").On("/packages/a.whl", "wheel", "x/y");

        var reply = await world.GetAsync("/simple/a/");

        var text = $"""<a href="{world.Base}/idx/packages/a.whl#sha256=1">a</a><a href="b.whl">b</a>""";
        Assert.Equal((200, text), (reply.Status, Encoding.UTF8.GetString(reply.Body)));
        Assert.Equal(text.Length, reply.Body.Length);
        Assert.Equal(200, (await world.GetAsync("/packages/a.whl")).Status);
    }

    [Fact]
    public async Task IndexThatWasMoved_ItsLinksLeadToWhereItIs()
    {
        await using var world = await RewritingWorld.StartAsync();
        Move(world, "/simple/a/", "/other/a/");
        world.On("/other/a/", """<a href="a.whl">a</a>""");

        var reply = await world.GetAsync("/simple/a/");

        Assert.Equal($"""<a href="{world.Base}/idx/other/a/a.whl">a</a>""", Encoding.UTF8.GetString(reply.Body));
    }

    [Theory]
    [InlineData("ClamProxy:Routes:idx:Revalidate=true", "fwd-status=304")]
    [InlineData("ClamProxy:Routes:idx:CacheScan=true", "detail=store")]
    public async Task StoredIndexThatWasMoved_ItsLinksLeadToWhereItIsStill(string setting, string cacheStatus)
    {
        using var store = new TempFolder();
        await using var world = await RewritingWorld.StartAsync($"--STORE_PATH={store.Path}", $"--{setting}");
        Move(world, "/simple/a/", "/other/a/");
        world.On("/other/a/", """{"files":[{"url":"a.whl"}]}""", "application/json");

        var replies = new[] { await world.GetAsync("/simple/a/"), await world.GetAsync("/simple/a/") };

        Assert.Contains(cacheStatus, replies[1]["Cache-Status"], StringComparison.Ordinal);
        Assert.All(replies, reply => Assert.Equal(
            $$"""{"files":[{"url":"{{world.Base}}/idx/other/a/a.whl"}]}""", Encoding.UTF8.GetString(reply.Body)));
    }

    [Fact]
    public async Task FieldWithALinkFromTheServersRoot_LeadsBackToTheRoute()
    {
        await using var world = await RewritingWorld.StartAsync();
        world.Origin.On("/a", context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.Link = "</list?page=2>; rel=next, <b>; rel=last";
            context.Response.Headers.ContentLocation = "/a.json";
            return FakeOrigin.SendAsync(context, "[]"u8.ToArray());
        });

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            var reply = await world.SendAsync(method, "/a");

            Assert.Equal($"<{world.Base}/idx/list?page=2>; rel=next, <b>; rel=last", reply["Link"]);
            Assert.Equal($"{world.Base}/idx/a.json", reply["Content-Location"]);
        }
    }

    [Fact]
    public async Task RouteOfTheRoot_HasTheWholeServer()
    {
        await using var world = await ProxyWorld.StartAsync(origin =>
        [
            "--ClamProxy:Routes:all:Path=/", $"--ClamProxy:Routes:all:Upstream={origin.Url}",
            $"--ClamProxy:Routes:all:Rewrite:0:From={origin.Url}", "--ClamProxy:Routes:all:Rewrite:0:To=/",
        ]);
        var page = $"""<a href="/packages/a.whl">a</a><a href="{world.Origin.Url}/b">b</a>""";
        world.Origin.On("/simple/a/", context =>
        {
            context.Response.ContentType = "text/html";
            context.Response.Headers.SetCookie = "a=b; Path=/simple";
            return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(page));
        });
        world.Origin.On("/", "root"u8.ToArray());

        var reply = await GetAsync(world, "/simple/a/");

        Assert.Equal(
            $"""<a href="/packages/a.whl">a</a><a href="{world.Addresses[0].TrimEnd('/')}/b">b</a>""", Encoding.UTF8.GetString(reply.Body));
        Assert.EndsWith("Path=/simple", reply["Set-Cookie"], StringComparison.Ordinal);
        Assert.Equal("root", Encoding.UTF8.GetString((await GetAsync(world, "/")).Body));
    }

    private static void Move(RewritingWorld world, string from, string to) => world.Origin.On(from, context =>
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = to;
        return Task.CompletedTask;
    });

    private static async Task<Reply> GetAsync(ProxyWorld world, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        return await world.SendAsync(request);
    }
}
