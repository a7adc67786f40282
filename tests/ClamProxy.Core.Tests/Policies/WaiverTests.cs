using ClamProxy.Core.Policies;

namespace ClamProxy.Core.Tests.Policies;

public sealed class WaiverTests
{
    private static readonly DateTimeOffset Expires = new(2027, 1, 31, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("https://example.org/", true)]
    [InlineData("http://example.org:8080/pub/", true)]
    [InlineData("s3://bucket/inbox/", true)]
    [InlineData("s3://bucket", false)]
    [InlineData("ftp://example.org/", false)]
    [InlineData("file:///etc/", false)]
    public void Target_IsTheBeginningOfAnUpstreamsOrABucketsUrls(string target, bool isTaken) =>
        Assert.Equal(isTaken, new Waiver(null, null, target, "o", "r", Expires).Problem() is null);
}
