using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>A cookie of one route's upstream goes back to that upstream only.</summary>
public sealed class RouteCookieTests
{
    [Theory]
    [InlineData("sid=1", "/a/dir")]
    [InlineData("sid=1; Path=/", "/a")]
    [InlineData("sid=1; path=/base; Domain=.example.org", "/a")]
    [InlineData("__Host-sid=1; Secure; Path=/; HttpOnly", "/a")]
    [InlineData("sid=1; Path=/base/deep", "/a/deep")]
    [InlineData("sid=1; Path=nonsense; Max-Age=5", "/a/dir")]
    public async Task CookieOfARoute_IsBoundToItsPathAndComesBackAsItWas(string cookie, string path)
    {
        await using var world = await TwoRoutesAsync();
        world.Origin.On("/base/dir/file", context => SetAsync(context, cookie));
        world.Origin.On("/base/next", EchoAsync);

        var set = (await AskAsync(world, "/a/dir/file"))["Set-Cookie"]!;

        Assert.Contains($"; Path={path}", set, StringComparison.Ordinal);
        Assert.DoesNotContain("Domain", set, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, set.Split("ath=").Length - 1);
        Assert.False(set.StartsWith("__", StringComparison.Ordinal));
        var back = await AskAsync(world, "/a/next", ("Cookie", $"mine=2; {set.Split(';')[0]}; theirs=3"));
        Assert.Equal(cookie.Split(';')[0], Encoding.UTF8.GetString(back.Body));
    }

    [Fact]
    public async Task CookieOfOneRoute_DoesNotGoToAnother()
    {
        await using var world = await TwoRoutesAsync();
        world.Origin.On("/base/file", context => SetAsync(context, "sid=1"));
        world.Origin.On("/other/file", EchoAsync);
        var set = (await AskAsync(world, "/a/file"))["Set-Cookie"]!;

        foreach (var path in new[] { "/a/b/file", "/b/file" })
        {
            Assert.Equal("", Encoding.UTF8.GetString((await AskAsync(world, path, ("Cookie", set.Split(';')[0]))).Body));
        }
    }

    [Theory]
    [InlineData("sid=1; Path=/elsewhere")]
    [InlineData("sid=1; Path=/basement")]
    [InlineData("nameless")]
    [InlineData("=1")]
    public async Task CookieThatNoRequestOfTheRouteWouldCarry_IsDropped(string cookie)
    {
        await using var world = await TwoRoutesAsync();
        world.Origin.On("/base/file", context => SetAsync(context, cookie));

        Assert.Null((await AskAsync(world, "/a/file"))["Set-Cookie"]);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task CookieWithoutARoute_IsDropped(string method)
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", context => SetAsync(context, "sid=1"));
        using var request = world.Request("/file", method: new HttpMethod(method));

        Assert.Null((await world.SendAsync(request))["Set-Cookie"]);
    }

    [Fact]
    public async Task CookieOfWhereARedirectLed_IsDropped()
    {
        await using var world = await TwoRoutesAsync();
        await using var away = await FakeOrigin.StartAsync();
        away.On("/file", context => SetAsync(context, "sid=1"));
        world.Origin.Redirect("/base/file", $"{away.Url}/file");

        var reply = await AskAsync(world, "/a/file");

        Assert.Equal((200, null), (reply.Status, reply["Set-Cookie"]));
    }

    [Fact]
    public async Task OperatorForwardsCookies_TheClientsOwnGoUpstream()
    {
        await using var world = await TwoRoutesAsync("--ClamProxy:Routes:a:ForwardedFields=Cookie");
        world.Origin.On("/base/file", EchoAsync);

        Assert.Equal("mine=2", Encoding.UTF8.GetString((await AskAsync(world, "/a/file", ("Cookie", "mine=2"))).Body));
    }

    private static Task<ProxyWorld> TwoRoutesAsync(params string[] more) => ProxyWorld.StartAsync(origin =>
    [
        "--ClamProxy:Routes:a:Path=/a", $"--ClamProxy:Routes:a:Upstream={origin.Url}/base/", "--ClamProxy:Routes:inner:Path=/a/b",
        $"--ClamProxy:Routes:inner:Upstream={origin.Url}/other", "--ClamProxy:Routes:b:Path=/b",
        $"--ClamProxy:Routes:b:Upstream={origin.Url}/other", .. more,
    ]);

    private static Task SetAsync(HttpContext context, string cookie)
    {
        context.Response.Headers.SetCookie = cookie;
        return FakeOrigin.SendAsync(context, "file"u8.ToArray());
    }

    private static Task EchoAsync(HttpContext context) => context.Response.WriteAsync($"{context.Request.Headers.Cookie}");

    private static async Task<Reply> AskAsync(ProxyWorld world, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await world.SendAsync(request);
    }
}
