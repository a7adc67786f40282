using ClamProxy.Doors.Http;
using ClamProxy.Doors.Http.Routing;

namespace ClamProxy.Tests.Doors.Http;

public sealed class RouteTableTests
{
    private static readonly RouteTable Table = new(new HttpDoorOptions
    {
        Routes = new Dictionary<string, ProxyRouteOptions>
        {
            ["pypi"] = new() { Path = "/pypi", Upstream = "https://pypi.org/" },
            ["files"] = new() { Path = "/pypi/files", Upstream = "https://files.pythonhosted.org/" },
        },
    });

    [Theory]
    [InlineData("/pypi/simple/", "https://pypi.org/", "/simple/")]
    [InlineData("/pypi", "https://pypi.org/", "/")]
    [InlineData("/pypi?x=1", "https://pypi.org/", "/?x=1")]
    [InlineData("/pypi//a%2Fb", "https://pypi.org/", "//a%2Fb")]
    [InlineData("/pypi/files/x", "https://files.pythonhosted.org/", "/x")]
    [InlineData("/pypi/filesystem", "https://pypi.org/", "/filesystem")]
    [InlineData("/pypi2/x", null, "/pypi2/x")]
    [InlineData("/%70ypi/x", null, "/%70ypi/x")]
    [InlineData("/", null, "/")]
    public void Path_FindsTheLongestWholePrefix(string path, string? upstream, string expectedRest)
    {
        Assert.Equal(upstream, Table.Find(path, out var rest)?.Upstream);
        Assert.Equal(expectedRest, rest);
    }
}
