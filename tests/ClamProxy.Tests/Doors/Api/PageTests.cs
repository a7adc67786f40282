using System.Net;
using System.Security.Cryptography;

namespace ClamProxy.Tests.Doors.Api;

/// <summary>The pages of the API's port, and who may see and use them.</summary>
public sealed class PageTests
{
    private static readonly string[] OfThePage = ["/", "/page.js", "/page.css", "/page.svg"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_RunsNothingButItsOwnFiles()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        foreach (var path in OfThePage)
        {
            using var answer = await world.Client.GetAsync(new Uri(path, UriKind.Relative), Cancelled);
            var text = await answer.Content.ReadAsStringAsync(Cancelled);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.StartsWith(
                "default-src 'self'; ", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
            Assert.DoesNotContain("style=", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task PageThatTheBrowserHas_IsNotSentAgain()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var first = await world.Client.GetAsync(new Uri("/page.js", UriKind.Relative), Cancelled);
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri("/page.js", UriKind.Relative));
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var answer = await world.Client.SendAsync(again, Cancelled);

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
    }

    [Fact]
    public async Task Docs_NameNoOtherHost()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var answer = await world.Client.GetAsync(new Uri("/docs/", UriKind.Relative), Cancelled);
        var text = await answer.Content.ReadAsStringAsync(Cancelled);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self' 'nonce-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' 'unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
        Assert.Equal(200, (await world.GetAsync("/docs/scalar.js")).Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/page.js")]
    [InlineData("/docs/")]
    [InlineData("/openapi.json")]
    public async Task Pages_NeedNoTokenWhereThereAreCredentials(string path)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("token"u8));
        await using var world = await ApiWorld.StartAsync("proxy,api", [$"--API_CREDENTIALS=ci:sha256:{hash}"]);

        Assert.Equal(200, (await world.GetAsync(path)).Status);
        Assert.Equal(401, (await world.GetAsync("/results")).Status);
        Assert.Equal(401, (await world.GetAsync("/monitor")).Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/docs/")]
    [InlineData("/openapi.json")]
    public async Task WithoutCredentials_PagesAreForWhomTheApiIs(string path)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", ["--TRUSTED_PROXIES=127.0.0.1/32"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Add("X-Real-IP", "192.0.2.1");

        using var answer = await world.Client.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("cross-site", "no-cors", null, 403)]
    [InlineData("cross-site", "navigate", null, 403)]
    [InlineData("same-site", "cors", null, 403)]
    [InlineData("cross-site", "cors", "http://localhost", 403)]
    [InlineData(null, null, "http://evil.example", 403)]
    [InlineData(null, null, "null", 403)]
    [InlineData(null, null, "http://localhost:1", 403)]
    [InlineData("same-origin", "cors", "http://proxied.example", 202)]
    [InlineData("none", "navigate", null, 202)]
    [InlineData(null, null, "http://localhost", 202)]
    [InlineData(null, null, null, 202)]
    public async Task UploadByAPage_IsTakenFromTheApisOwnOnly(string? site, string? mode, string? origin, int status)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var form = ApiWorld.Form(([1], "a"));

        Assert.Equal(status, await AskAsync(world, HttpMethod.Post, "/upload", "localhost", form, site, mode, origin));

        Assert.Equal(status == 202, Directory.Exists(world.Objects) && Directory.GetFiles(world.Objects).Length == 1);
    }

    /// <summary>A name server of somebody else's can lead any name to this machine.</summary>
    [Fact]
    public async Task PageUnderAStrangersName_DoesNotUploadFromThisMachine()
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);
        using var form = ApiWorld.Form(([1], "a"));
        using var again = ApiWorld.Form(([1], "a"));

        Assert.Equal(403, await AskAsync(world, HttpMethod.Post, "/upload", "evil.example", form, null, null, "http://evil.example"));
        Assert.Equal(202, await AskAsync(world, HttpMethod.Post, "/upload", "127.0.0.1", again, null, null, "http://127.0.0.1"));
    }

    [Theory]
    [InlineData("cross-site", "navigate", 200)]
    [InlineData("cross-site", "no-cors", 403)]
    [InlineData("same-origin", "cors", 200)]
    public async Task Reading_IsForPersonsWhoFollowALinkToo(string site, string mode, int status)
    {
        await using var world = await ApiWorld.StartAsync("proxy,api", []);

        Assert.Equal(status, await AskAsync(world, HttpMethod.Get, "/results", "localhost", null, site, mode, null));
    }

    private static async Task<int> AskAsync(
        ApiWorld world, HttpMethod method, string path, string host, HttpContent? content, string? site, string? mode, string? origin)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        request.Headers.Host = host;
        foreach (var (name, value) in new[] { ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Origin", origin) })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var answer = await world.Client.SendAsync(request, Cancelled);
        return (int)answer.StatusCode;
    }
}
