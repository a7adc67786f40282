using ClamProxy.Rewriting;

namespace ClamProxy.Tests.Rewriting;

/// <summary>
/// Where a page's relative references lead, on a route /idx to https://index.example.org/root with a rule for a second host.
/// </summary>
public sealed class RelativeLinksTests
{
    private const string Page = "https://index.example.org/root/simple/a/";

    [Theory]
    [InlineData("a.whl", null)]
    [InlineData("../b/a.whl", null)]
    [InlineData("#a", null)]
    [InlineData("", null)]
    [InlineData("?C=N;O=D", null)]
    [InlineData("mailto:a@b", null)]
    [InlineData("https://index.example.org/root/a", null)]
    [InlineData("//other/a", null)]
    [InlineData("/\\other/a", null)]
    [InlineData("/root/\ta", null)]
    [InlineData("/root/%2e%2E/a", null)]
    [InlineData("/root/a.whl#sha256=1", "http://proxy/p/idx/a.whl#sha256=1")]
    [InlineData("/root/x/../a.whl?b=/../c", "http://proxy/p/idx/a.whl?b=/../c")]
    [InlineData("/root", "http://proxy/p/idx")]
    [InlineData("/rooted/a", null)]
    [InlineData("/other/a", "http://proxy/p/other/a")]
    [InlineData("../../../other/a", null)]
    [InlineData("../../../../../../other/a", "http://proxy/p/other/a")]
    [InlineData("/nowhere/a", null)]
    public void Reference_LeadsWhereUpstreamMeansIt(string reference, string? expected) =>
        Assert.Equal(expected, Links(Page).Of(reference));

    [Theory]
    [InlineData("a.whl", "http://proxy/p/idx/moved/a/a.whl")]
    [InlineData("../b", "http://proxy/p/idx/moved/b")]
    [InlineData("?page=2", "http://proxy/p/idx/moved/a/?page=2")]
    [InlineData("#a", null)]
    [InlineData("../../simple/a/a.whl", null)]
    public void RedirectedPage_ItsReferencesAreBelowTheFinalUrl(string reference, string? expected) =>
        Assert.Equal(expected, Links("https://index.example.org/root/moved/a/").Of(reference));

    [Theory]
    [InlineData("https://files.example.org/f/", "a.whl", "http://proxy/p/files/f/a.whl")]
    [InlineData("https://files.example.org:443/f/", "/a.whl", "http://proxy/p/files/a.whl")]
    [InlineData("http://files.example.org/f/", "a.whl", null)]
    [InlineData("https://stranger.example.org/f/", "a.whl", null)]
    [InlineData("https://stranger.example.org/f/", "/root/a.whl", "http://proxy/p/idx/a.whl")]
    [InlineData("https://plain.example.org/f/", "a.whl", "http://proxy/p/plain/f/a.whl")]
    [InlineData("https://plain.example.org:8443/f/", "a.whl", null)]
    public void PageRedirectedToAnotherHost_FollowsItsRule(string page, string reference, string? expected) =>
        Assert.Equal(expected, Links(page).Of(reference));

    [Theory]
    [InlineData("/root/other/", "a.whl", null)]
    [InlineData("/root/other/", "/root/a.whl", "http://proxy/p/idx/a.whl")]
    [InlineData("https://files.example.org/f/", "a.whl", null)]
    [InlineData("//files.example.org/f/", "/a.whl", "http://proxy/p/files/a.whl")]
    [InlineData("https://stranger.example.org/", "/root/a.whl", null)]
    [InlineData("https://index.example.org/root/", "/root/a.whl", null)]
    [InlineData("/nowhere/", "/root/a.whl", null)]
    public void Base_IsWhatReferencesHangOn(string @base, string reference, string? expected)
    {
        var links = Links(Page);
        links.SetBase(@base);
        links.SetBase("/second/");

        Assert.Equal(expected, links.Of(reference));
    }

    [Fact]
    public void SourceThatTheClientNames_HasNoPaths() =>
        Assert.Null(RelativeLinks.Of(Paths(), "http://proxy/p", "https://elsewhere.example.org/a", "https://elsewhere.example.org/a"));

    private static RelativeLinks Links(string page) => RelativeLinks.Of(Paths(), "http://proxy/p", Page, page)!;

    private static LinkPaths Paths() => new(
        [new("https://files.example.org/", "/files/")],
        new("https://index.example.org/root/", "/idx"),
        [new("https://index.example.org/other", "/other"), new("http://plain.example.org/", "/plain")]);
}
