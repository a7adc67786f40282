using ClamProxy.Doors.Http.Routing;

namespace ClamProxy.Tests.Doors.Http.Uploads;

public sealed class MethodRuleTests
{
    [Theory]
    [InlineData("POST")]
    [InlineData("M-SEARCH")]
    [InlineData("PUT /packages/**")]
    public void Rule_IsTaken(string text) => Assert.NotNull(MethodRule.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("post")]
    [InlineData("CONNECT")]
    [InlineData("TRACE")]
    [InlineData("PUT packages")]
    [InlineData("PUT /a/**b")]
    [InlineData("PUT  /a")]
    public void OtherText_IsNot(string text) => Assert.Null(MethodRule.Parse(text));

    [Theory]
    [InlineData("s3://bucket/", "PUT", false)]
    [InlineData("s3://bucket/", "GET", true)]
    [InlineData("https://example.org/", "PUT", true)]
    [InlineData("https://example.org/", "put", false)]
    public void Route_TakesMethodsThatItsUpstreamHas(string upstream, string method, bool isTaken)
    {
        var route = new ProxyRouteOptions { Path = "/a", Upstream = upstream, Methods = [method] };

        Assert.Equal(isTaken, !route.Problems().Any());
    }
}
