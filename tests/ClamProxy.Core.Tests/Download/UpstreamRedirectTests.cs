using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

public sealed class UpstreamRedirectTests
{
    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirect_IsFollowedToTheFile(int status)
    {
        await using var upstream = new Upstream();
        await using var origin = await FakeOrigin.StartAsync();
        origin.Redirect("/a", "b/c%2Fd?e=%20", status).On("/b/c%2Fd", "file"u8.ToArray());

        var answer = await upstream.FetchAsync(origin.Url + "/a");
        await using var response = answer.Response!;

        Assert.Equal(origin.Url + "/b/c%2Fd?e=%20", response.FinalTarget.Text);
        Assert.Equal("file"u8.ToArray(), (await upstream.ReadAsync(response)).Body);
        Assert.Equal(["GET /a", "GET /b/c%2Fd?e=%20"], origin.Requests.Select(request => $"{request.Method} {request.Target}"));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public async Task ChainOfRedirects_EndsAtTheLimit(int redirects, bool arrives)
    {
        await using var upstream = new Upstream();
        await using var origin = await FakeOrigin.StartAsync();
        for (var i = 0; i < redirects; i++)
        {
            origin.Redirect($"/{i}", $"/{i + 1}");
        }

        origin.On($"/{redirects}", "file"u8.ToArray());

        var failure = await upstream.FetchFailureAsync(origin.Url + "/0");

        Assert.Equal(arrives ? null : FailureReason.UpstreamRedirects, failure?.Reason);
        Assert.Equal(11, origin.Requests.Count);
    }

    [Fact]
    public async Task RedirectInACircle_Ends()
    {
        await using var upstream = new Upstream(options => options.MaxRedirects = 3);
        await using var origin = await FakeOrigin.StartAsync();
        origin.Redirect("/a", "");

        Assert.Equal(FailureReason.UpstreamRedirects, (await upstream.FetchFailureAsync(origin.Url + "/a"))?.Reason);
        Assert.Equal(4, origin.Requests.Count);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/", FailureReason.UpstreamForbidden)]
    [InlineData("http://10.0.0.1/", FailureReason.UpstreamForbidden)]
    [InlineData("http://[::ffff:10.0.0.1]/", FailureReason.UpstreamForbidden)]
    [InlineData("http://0xa9fea9fe/", FailureReason.UpstreamForbidden)]
    [InlineData("http://inside.test/", FailureReason.UpstreamForbidden)]
    [InlineData("//inside.test/", FailureReason.UpstreamForbidden)]
    [InlineData("http://user:pass@127.0.0.1/", FailureReason.UpstreamRedirects)]
    [InlineData("ftp://127.0.0.1/x", FailureReason.UpstreamRedirects)]
    [InlineData("file:///etc/passwd", FailureReason.UpstreamRedirects)]
    [InlineData("gopher://127.0.0.1:6379/_INFO", FailureReason.UpstreamRedirects)]
    public async Task RedirectToWhereTheFirstHopMayNotGo_IsRefused(string location, FailureReason reason)
    {
        await using var upstream = new Upstream();
        upstream.Resolver.Add("inside.test", "10.0.0.1");
        await using var origin = await FakeOrigin.StartAsync();
        origin.Redirect("/a", location);

        Assert.Equal(reason, (await upstream.FetchFailureAsync(origin.Url + "/a"))?.Reason);
    }

    [Fact]
    public async Task CredentialsStayWithTheirOrigin_AndDoNotComeBack()
    {
        string[] secrets =
        [
            "Authorization", "Cookie", "Proxy-Authorization", "PRIVATE-TOKEN", "JOB-TOKEN", "X-Api-Key", "X-JFrog-Art-Api",
            "X-NuGet-ApiKey", "X-Amz-Security-Token", "X-Unheard-Of", "X-Auth-Token", "x-goog-api-key",
        ];
        await using var upstream = new Upstream();
        await using var home = await FakeOrigin.StartAsync();
        await using var away = await FakeOrigin.StartAsync();
        home.Redirect("/a", "/b").Redirect("/b", away.Url + "/c").On("/d", "file"u8.ToArray());
        away.Redirect("/c", home.Url + "/d");

        var headers = secrets.Select(name => (name, "secret")).Append(("Accept", "*/*")).Append(("If-None-Match", "\"x\"")).ToArray();
        Assert.Null(await upstream.FetchFailureAsync(home.Url + "/a", headers));

        Assert.Equal(["/a", "/b", "/d"], home.Requests.Select(request => request.Target));
        foreach (var request in home.Requests.Take(2))
        {
            Assert.All(secrets, name => Assert.Equal("secret", request.Headers[name]));
        }

        foreach (var request in away.Requests.Concat(home.Requests.Skip(2)))
        {
            Assert.DoesNotContain("secret", request.Headers.Values);
            Assert.Equal(("*/*", "\"x\""), (request.Headers["Accept"], request.Headers["If-None-Match"]));
        }
    }

    [Fact]
    public async Task AnotherNameForTheSameServer_IsAnotherOrigin()
    {
        await using var upstream = new Upstream();
        upstream.Resolver.Add("alias.test", "127.0.0.1");
        await using var origin = await FakeOrigin.StartAsync();
        origin.Redirect("/a", $"http://alias.test:{origin.Port}/b").On("/b", "file"u8.ToArray());

        Assert.Null(await upstream.FetchFailureAsync(origin.Url + "/a", ("Authorization", "secret")));

        Assert.False(origin.Requests.Last().Headers.ContainsKey("Authorization"));
        Assert.Equal($"alias.test:{origin.Port}", origin.Requests.Last().Headers["Host"]);
    }

    [Theory]
    [InlineData(false, FailureReason.UpstreamRedirects)]
    [InlineData(true, null)]
    public async Task RedirectFromHttpsToHttp_IsFollowedOnlyWhereAllowed(bool allowDowngrade, FailureReason? reason)
    {
        using var certificate = new FakeOriginCertificate();
        await using var upstream = new Upstream(options =>
        {
            options.ExtraRootCertificates = certificate.RootFile;
            options.AllowDowngrade = allowDowngrade;
        });
        await using var secure = await FakeOrigin.StartAsync(certificate.Server);
        await using var plain = await FakeOrigin.StartAsync();
        secure.Redirect("/a", plain.Url + "/b");
        plain.On("/b", "file"u8.ToArray());

        Assert.Equal(reason, (await upstream.FetchFailureAsync(secure.Url + "/a"))?.Reason);
        Assert.Equal(allowDowngrade ? 1 : 0, plain.Requests.Count);
    }

    [Fact]
    public async Task HeadThroughTheInvoker_HasTheSameGuardAndRedirects()
    {
        await using var upstream = new Upstream();
        await using var origin = await FakeOrigin.StartAsync();
        origin.Redirect("/a", "/b").On("/b", "file"u8.ToArray()).Redirect("/bad", "http://10.0.0.1/");

        using var toFile = new HttpRequestMessage(HttpMethod.Head, origin.Url + "/a");
        using var toInside = new HttpRequestMessage(HttpMethod.Head, origin.Url + "/bad");
        using var good = await upstream.Client.Invoker.SendAsync(toFile, upstream.Token);
        var bad = await Assert.ThrowsAnyAsync<HttpRequestException>(() => upstream.Client.Invoker.SendAsync(toInside, upstream.Token));

        Assert.Equal(4, good.Content.Headers.ContentLength);
        Assert.Equal(["HEAD /a", "HEAD /b", "HEAD /bad"], origin.Requests.Select(request => $"{request.Method} {request.Target}"));
        Assert.Equal(FailureReason.UpstreamForbidden, Core.Download.UpstreamFaults.Classify(bad).Reason);
    }
}
