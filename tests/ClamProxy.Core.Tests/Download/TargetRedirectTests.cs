using ClamProxy.Core.Download;

namespace ClamProxy.Core.Tests.Download;

public sealed class TargetRedirectTests
{
    [Theory]
    [InlineData("https://other/x%2Fy?z=%20", "https://other/x%2Fy?z=%20")]
    [InlineData("HTTP://other", "HTTP://other/")]
    [InlineData("http://other?x", "http://other/?x")]
    [InlineData("//other/x", "http://other/x")]
    [InlineData("//other", "http://other/")]
    [InlineData("/x//y;z", "http://h:81/x//y;z")]
    [InlineData("x", "http://h:81/a/b/x")]
    [InlineData("./x", "http://h:81/a/b/x")]
    [InlineData("../x", "http://h:81/a/x")]
    [InlineData("../../../../x", "http://h:81/x")]
    [InlineData("..", "http://h:81/a/")]
    [InlineData(".", "http://h:81/a/b/")]
    [InlineData("x/./y/../z/", "http://h:81/a/b/x/z/")]
    [InlineData("?n=2", "http://h:81/a/b/c?n=2")]
    [InlineData("", "http://h:81/a/b/c?q=/r/s")]
    [InlineData("#top", "http://h:81/a/b/c?q=/r/s")]
    [InlineData("/x#top", "http://h:81/x")]
    [InlineData("/x?a=../b", "http://h:81/x?a=../b")]
    [InlineData("/%2e%2e/x", "http://h:81/%2e%2e/x")]
    [InlineData("/a b", "http://h:81/a%20b")]
    [InlineData("/\u00c3\u00a9", "http://h:81/%C3%A9")]
    [InlineData("  /x ", "http://h:81/x")]
    [InlineData("/x:y", "http://h:81/x:y")]
    [InlineData("./x:y", "http://h:81/a/b/x:y")]
    public void Location_ResolvesAsTheRfcSays(string location, string expected)
    {
        var from = Target.TryParse("http://h:81/a/b/c?q=/r/s", out _)!;

        var next = from.TryRedirect(location, out var problem);

        Assert.Null(problem);
        Assert.Equal(expected, next!.Text);
    }

    [Theory]
    [InlineData("ftp://other/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/plain,x")]
    [InlineData("http:x")]
    [InlineData("https:/x")]
    [InlineData("http://user:pass@other/x")]
    [InlineData("//user@other/x")]
    [InlineData("http://good\\@evil/")]
    [InlineData("http://h:0/")]
    [InlineData("http://ot her/")]
    [InlineData("///x")]
    [InlineData("/a\r\nX: y")]
    [InlineData("/a\u0000")]
    public void LocationThatNobodyShouldFollow_IsRefusedWithAReason(string location)
    {
        var from = Target.TryParse("http://h/a", out _)!;

        Assert.Null(from.TryRedirect(location, out var problem));
        Assert.Matches(@"\w{3}", problem);
    }
}
