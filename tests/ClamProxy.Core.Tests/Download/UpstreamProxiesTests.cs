using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Failures;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

public sealed class UpstreamProxiesTests
{
    [Theory]
    [InlineData("http://files.example/", "web.corp:3128")]
    [InlineData("https://files.example/", "tls.corp:8080")]
    [InlineData("http://inside.corp/", null)]
    [InlineData("http://a.inside.corp/", null)]
    [InlineData("http://notinside.corp/", "web.corp:3128")]
    [InlineData("http://10.1.2.3/", null)]
    [InlineData("http://11.1.2.3/", "web.corp:3128")]
    [InlineData("http://port.example:81/", null)]
    [InlineData("http://port.example/", "web.corp:3128")]
    [InlineData("http://b.wild.example/", null)]
    [InlineData("http://[2001:db8::1]/", null)]
    [InlineData("http://set.example/", null)]
    public void CommonVariables_AreUnderstoodWhereTheSettingSaysSo(string url, string? proxy)
    {
        var variables = new Dictionary<string, string>
        {
            ["HTTP_PROXY"] = "http://user:p%40ss@web.corp:3128/",
            ["https_proxy"] = "tls.corp:8080",
            ["no_proxy"] = ".inside.corp, 10.0.0.0/8,port.example:81,*.wild.example,2001:db8::1",
        };
        var options = new DownloadOptions { Proxy = "Environment", NoProxy = ["set.example"] };

        Assert.Equal(proxy, Of(options, variables).For(Url(url))?.ToString());
        Assert.Null(Of(new DownloadOptions(), variables).For(Url(url)));
    }

    [Fact]
    public void PasswordOfAProxy_IsDecodedAndNotShown()
    {
        var options = new DownloadOptions { Proxy = "http://user:p%40ss@web.corp:3128" };

        var proxy = Of(options, []).For(Url("http://files.example/"))!;

        Assert.Equal("Basic dXNlcjpwQHNz", proxy.Authorization);
        Assert.DoesNotContain("p@ss", proxy.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("ss", proxy.Address.AbsoluteUri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://proxy.corp")]
    [InlineData("http://secret:word@:80")]
    [InlineData("http://proxy.corp/path")]
    public void WrongProxy_IsAProblemThatShowsNoPassword(string proxy)
    {
        var problem = Assert.Single(new DownloadOptions { Proxy = proxy }.Problems());

        Assert.Equal(("Proxy", "***"), (problem.Property, problem.Value));
    }

    [Theory]
    [InlineData("", "http://files.example.org/", true)]
    [InlineData("", "http://files.example.org:8080/", false)]
    [InlineData("", "http://localhost/", false)]
    [InlineData("", "http://intranet/", false)]
    [InlineData("", "http://vault.corp.internal/", false)]
    [InlineData("", "http://metadata.google.internal/", false)]
    [InlineData("", "http://printer.local/", false)]
    [InlineData("", "http://127.0.0.1/", false)]
    [InlineData("", "http://169.254.169.254/", false)]
    [InlineData("", "http://0x7f.1/", false)]
    [InlineData("", "http://8.8.8.8/", true)]
    [InlineData("mirror.internal,*.example.org,10.0.0.0/8", "http://mirror.internal/", true)]
    [InlineData("mirror.internal,*.example.org,10.0.0.0/8", "http://a.example.org:8080/", true)]
    [InlineData("mirror.internal,*.example.org,10.0.0.0/8", "http://other.example/", false)]
    [InlineData("mirror.internal,*.example.org,10.0.0.0/8", "http://10.2.3.4/", true)]
    public async Task BehindAProxy_NamesAndLiteralAddressesAreJudged(string allowed, string url, bool isAllowed)
    {
        await using var upstream = new Upstream(options => (options.AllowedUpstreams, options.Proxy) = (
            allowed.Split(',', StringSplitOptions.RemoveEmptyEntries), "http://proxy.test:3128"));

        Assert.Equal(isAllowed ? null : FailureReason.UpstreamForbidden, upstream.Guard.CheckName(Url(url))?.Reason);
        Assert.Empty(upstream.Resolver.Asked);
    }

    [Fact]
    public async Task ProxyThatCannotBeReached_IsToldFromTheUpstream()
    {
        var port = FreePort.Next();
        await using var upstream = new Upstream(
            options => (options.AllowedUpstreams, options.Proxy) = ([], $"http://user:password@127.0.0.1:{port}"));

        foreach (var url in new[] { "http://files.example.org/", "https://files.example.org/" })
        {
            var failure = await upstream.FetchFailureAsync(url);
            Assert.Equal(FailureReason.UpstreamUnreachable, failure?.Reason);
            Assert.Contains("UPSTREAM_PROXY", failure!.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("password", failure.Detail + failure.Cause, StringComparison.Ordinal);
        }

        Assert.Empty(upstream.Resolver.Asked);
    }

    private static UpstreamProxies Of(DownloadOptions options, Dictionary<string, string> variables) =>
        new(options, name => variables.GetValueOrDefault(name));

    private static Uri Url(string text) => Target.TryParse(text, out _)!.Uri;
}
