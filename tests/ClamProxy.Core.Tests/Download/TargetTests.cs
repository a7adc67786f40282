using ClamProxy.Core.Download;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

public sealed class TargetTests
{
    [Theory]
    [InlineData("http://h", "/", "http://h/")]
    [InlineData("http://h/", "/x", "http://h/x")]
    [InlineData("http://h/a", "/x", "http://h/a/x")]
    [InlineData("http://h/a/", "/x", "http://h/a/x")]
    [InlineData("http://h/a//", "/x", "http://h/a//x")]
    [InlineData("HTTPS://Host.Example:8443/a%2fb", "/%2B?x=%20", "HTTPS://Host.Example:8443/a%2fb/%2B?x=%20")]
    [InlineData("http://h", "//evil/x", "http://h//evil/x")]
    [InlineData("http://h", "/a;v=1/b%2Fc%7E~\\|{}\"<>^`?q=a/../../b", "http://h/a;v=1/b%2Fc%7E~\\|{}\"<>^`?q=a/../../b")]
    [InlineData("http://[::1]:8080/a", "/x", "http://[::1]:8080/a/x")]
    [InlineData("http://my_host", "/x", "http://my_host/x")]
    public void BaseAndPath_AreJoinedByteForByte(string baseUrl, string path, string expected)
    {
        var target = Target.TryCreate(baseUrl, path, out var problem);

        Assert.Null(problem);
        Assert.Equal(expected, target!.Text);
        Assert.Equal(expected, target.Uri.OriginalString);
        Assert.Equal(expected.Split('?')[0], target.TextWithoutQuery);
    }

    [Theory]
    [InlineData("/pub")]
    [InlineData("")]
    [InlineData("//h/pub")]
    [InlineData("h/pub")]
    [InlineData("ftp://h/pub")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http:/h/pub")]
    [InlineData("http:h")]
    [InlineData("http://")]
    [InlineData("http:///pub")]
    [InlineData("http://:80/pub")]
    [InlineData("http://user@h/")]
    [InlineData("http://user:pass@h/")]
    [InlineData("http://good.example\\@evil.example/")]
    [InlineData("http://good.example\\.evil.example/")]
    [InlineData("http://h%2eevil/")]
    [InlineData("http://h/#f")]
    [InlineData("http://h/?q")]
    [InlineData("http://h?q")]
    [InlineData("http://h:0/")]
    [InlineData("http://h:65536/")]
    [InlineData("http://h:8o/")]
    [InlineData("http://h /")]
    [InlineData(" http://h/")]
    [InlineData("http://h/a b")]
    [InlineData("http://h/\t")]
    [InlineData("http://h/\r\nX: y")]
    [InlineData("http://h/\0")]
    [InlineData("http://h/\u007f")]
    [InlineData("http://h/é")]
    [InlineData("http://bücher.example/")]
    [InlineData("http://a..b/")]
    [InlineData("http://[::1/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    public void WrongBase_IsRefusedWithAReason(string baseUrl)
    {
        Assert.Null(Target.TryCreate(baseUrl, "/x", out var problem));
        Assert.Matches(@"\w{3}", problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("*")]
    [InlineData("http://evil/")]
    [InlineData("/#x")]
    [InlineData("/a b")]
    [InlineData("/a\tb")]
    [InlineData("/a\r\nHost: evil")]
    [InlineData("/é")]
    [InlineData("/?q=é")]
    public void WrongPath_IsRefusedWithAReason(string path)
    {
        Assert.Null(Target.TryCreate("http://h/a", path, out var problem));
        Assert.Matches(@"\w{3}", problem);
    }

    [Theory]
    [InlineData("/..")]
    [InlineData("/../x")]
    [InlineData("/a/../../x")]
    [InlineData("/a/../..")]
    [InlineData("/./../x")]
    [InlineData("/%2e%2e/x")]
    [InlineData("/.%2E/x")]
    [InlineData("/%252e%252e/x")]
    [InlineData("/..;x/y")]
    [InlineData("/..;/y")]
    [InlineData("/..%3bx/y")]
    [InlineData("/..%2fx")]
    [InlineData("/..%5cx")]
    [InlineData("/..%255cx")]
    [InlineData("/..\\x")]
    [InlineData("/a/..\\..\\x")]
    [InlineData("/a%2f..%2f..%2fx")]
    [InlineData("/a%2fb/../../x")]
    [InlineData("/a/..%2f../x")]
    [InlineData("//../x")]
    [InlineData("/a//../../x")]
    [InlineData("/%2f/../x")]
    [InlineData("/;x/../y")]
    [InlineData("/a/%2e%2e%2f%2e%2e/x")]
    [InlineData("/..%20/x")]
    [InlineData("/..%00/x")]
    [InlineData("/..%3fx/y")]
    [InlineData("/.../x")]
    [InlineData("/%c0%2e/../../x")]
    public void ClimbingPath_IsRefused(string path)
    {
        Assert.Null(Target.TryCreate("http://h/a/b", path, out var problem));
        Assert.Contains("climbs", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a/../x")]
    [InlineData("/a/b/../../x")]
    [InlineData("/./x")]
    [InlineData("/a/%2e%2e/x")]
    [InlineData("/a/b%2f..")]
    [InlineData("/..x/y")]
    [InlineData("/x../y")]
    [InlineData("/a..b/...c")]
    [InlineData("/v1...v2/x")]
    [InlineData("/a%2Fb/../x")]
    [InlineData("/x?a=../../..")]
    [InlineData("/%2525/x")]
    [InlineData("/100%/x%zz")]
    public void DotSegmentsThatStayInside_GoUpstreamUntouched(string path)
    {
        var target = Target.TryCreate("http://h/a/b", path, out var problem);

        Assert.Null(problem);
        Assert.Equal("http://h/a/b" + path, target!.Text);
    }

    [Fact]
    public async Task EveryByteOfPathAndQuery_ReachesTheWireAsItIs()
    {
        await using var upstream = new Upstream();
        await using var origin = RawOrigin.Saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var everyVisible = string.Concat(Enumerable.Range(0x21, 0x7E - 0x20).Select(code => (char)code).Where(c => c is not ('#' or '?')));
        string[] paths =
        [
            "//evil/x", "/a/../b", "/a/%2e%2e/b", "/%2F%2f%2B+%20?x=%20&y=+&z=%2F", "/a;v=1//b/", "/?", "/??", "/x?a/../b",
            "/a%", "/%zz", $"/{everyVisible}?{everyVisible}?", "/q?" + new string('x', 4096) + "%2F",
        ];

        foreach (var path in paths)
        {
            var target = Target.TryCreate(origin.Url + "/base%41/", path, out var problem);
            Assert.Null(problem);
            Assert.Null((await upstream.Client.FetchAsync(new UpstreamRequest(target!, []), upstream.Token)).Failure);
        }

        Assert.Equal(
            paths.Select(path => $"GET /base%41{path} HTTP/1.1\r\nHost: 127.0.0.1:{origin.Port}\r\n\r\n"),
            origin.Requests);
    }
}
