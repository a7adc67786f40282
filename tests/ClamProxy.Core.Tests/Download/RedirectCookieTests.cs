using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Core.Tests.Download;

/// <summary>File hosts that set a cookie, redirect, and look whether it comes back.</summary>
public sealed class RedirectCookieTests
{
    [Theory]
    [InlineData("id=1", "/dir/next", "id=1")]
    [InlineData("id=1; Path=/", "/other", "id=1")]
    [InlineData("id=1; Path=/other; HttpOnly; SameSite=Lax", "/other/file", "id=1")]
    [InlineData("id=1; Path=/other", "/otherwise", null)]
    [InlineData("id=1", "/other", null)]
    [InlineData("id=1; Secure; Path=/", "/other", null)]
    [InlineData("id=1; Max-Age=0; Path=/", "/other", null)]
    [InlineData("id=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/", "/other", null)]
    [InlineData("id=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/", "/other", "id=1")]
    [InlineData("id=1; Domain=b.files.test; Path=/", "/other", null)]
    [InlineData("id=1; Domain=test; Path=/", "/other", null)]
    [InlineData("id=1; Domain=.FILES.test; Path=/", "/other", "id=1")]
    [InlineData("id=; Path=/", "/other", "id=")]
    [InlineData("nothing; Path=/", "/other", null)]
    [InlineData("=1; Path=/", "/other", null)]
    public async Task CookieOfARedirect_ComesBackAsItsRulesSay(string setCookie, string next, string? cookie)
    {
        await using var origin = await FakeOrigin.StartAsync();
        await using var upstream = UpstreamWithNames();
        Redirect(origin, "/dir/file", next, setCookie);
        origin.On(next, "file"u8.ToArray());

        Assert.Null(await upstream.FetchFailureAsync($"http://a.files.test:{origin.Port}/dir/file"));

        Assert.Equal(cookie, Cookie(origin.Requests.Last()));
        Assert.Null(Cookie(origin.Requests.First()));
    }

    [Theory]
    [InlineData("id=1; Path=/", "b.files.test", null)]
    [InlineData("id=1; Domain=files.test; Path=/", "b.files.test", "id=1")]
    [InlineData("id=1; Domain=files.test; Path=/", "c.elsewhere.test", null)]
    public async Task CookieOfARedirectToAnotherHost_GoesThereIfItIsOfTheirDomain(string setCookie, string host, string? cookie)
    {
        await using var origin = await FakeOrigin.StartAsync();
        await using var upstream = UpstreamWithNames();
        Redirect(origin, "/file", $"http://{host}:{origin.Port}/next", setCookie);
        origin.On("/next", "file"u8.ToArray());

        Assert.Null(await upstream.FetchFailureAsync($"http://a.files.test:{origin.Port}/file", ("Cookie", "client=1")));

        Assert.Equal(cookie, Cookie(origin.Requests.Last()));
    }

    [Fact]
    public async Task PageThatRedirectsToItselfUntilItsCookieComesBack_IsFetched()
    {
        await using var origin = await FakeOrigin.StartAsync();
        await using var upstream = UpstreamWithNames();
        origin.On("/file", context =>
        {
            if (context.Request.Cookies["seen"] == "yes")
            {
                return FakeOrigin.SendAsync(context, "file"u8.ToArray());
            }

            context.Response.Headers.SetCookie = "seen=yes";
            context.Response.Headers.Location = "/file";
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            return Task.CompletedTask;
        });
        var url = $"http://a.files.test:{origin.Port}/file";

        Assert.Equal("file"u8.ToArray(), (await upstream.DownloadAsync(url)).Body);
        Assert.Equal("file"u8.ToArray(), (await upstream.DownloadAsync(url)).Body);

        // Nothing is left over for the next request.
        Assert.Equal([null, "seen=yes", null, "seen=yes"], origin.Requests.Select(Cookie));
    }

    [Fact]
    public async Task CookiesOfTheClient_StayAndThoseOfTheChainWin()
    {
        await using var origin = await FakeOrigin.StartAsync();
        await using var upstream = UpstreamWithNames();
        Redirect(origin, "/1", "/2", "id=chain; Path=/", "deep=1; Path=/2");
        Redirect(origin, "/2", "/3", "id=chain2; Path=/");
        origin.On("/3", "file"u8.ToArray());

        Assert.Null(await upstream.FetchFailureAsync($"http://a.files.test:{origin.Port}/1", ("Cookie", "id=client; other=1")));

        Assert.Equal(["id=client; other=1", "other=1; deep=1; id=chain", "other=1; id=chain2"], origin.Requests.Select(Cookie));
    }

    [Fact]
    public async Task CookiesOfAHostileChain_AreBounded()
    {
        await using var origin = await FakeOrigin.StartAsync();
        await using var upstream = UpstreamWithNames();
        Redirect(
            origin, "/1", "/2", [$"long={new string('x', 5000)}; Path=/", .. Enumerable.Range(0, 200).Select(i => $"c{i}=1; Path=/")]);
        origin.On("/2", "file"u8.ToArray());

        Assert.Null(await upstream.FetchFailureAsync($"http://a.files.test:{origin.Port}/1"));

        Assert.Equal(50, Cookie(origin.Requests.Last())!.Split(';').Length);
        Assert.DoesNotContain("long", Cookie(origin.Requests.Last()), StringComparison.Ordinal);
    }

    private static Upstream UpstreamWithNames()
    {
        var upstream = new Upstream();
        upstream.Resolver.Add("a.files.test", "127.0.0.1").Add("b.files.test", "127.0.0.1").Add("c.elsewhere.test", "127.0.0.1");
        return upstream;
    }

    private static void Redirect(FakeOrigin origin, string path, string location, params string[] setCookies) =>
        origin.On(path, context =>
        {
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = location;
            context.Response.Headers.SetCookie = setCookies;
            return Task.CompletedTask;
        });

    private static string? Cookie(FakeOriginRequest request) => request.Headers.GetValueOrDefault("Cookie");
}
