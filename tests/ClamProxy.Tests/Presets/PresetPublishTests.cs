using ClamProxy.Doors.Http;
using ClamProxy.Doors.Http.Routing;
using ClamProxy.Presets;

namespace ClamProxy.Tests.Presets;

/// <summary>What publishing clients send, as seen on the wire: allowed with Publish, and nothing else is.</summary>
public sealed class PresetPublishTests
{
    [Theory]
    [InlineData("PUT", "/npm/greeter")]
    [InlineData("PUT", "/npm/@words%2fwording")]
    [InlineData("PUT", "/npm/@words/wording")]
    [InlineData("POST", "/npm/-/npm/v1/security/advisories/bulk")]
    [InlineData("POST", "/npm/-/npm/v1/security/audits/quick")]
    [InlineData("POST", "/npm/-/v1/login")]
    [InlineData("PUT", "/npm/-/user/org.couchdb.user:me")]
    [InlineData("POST", "/pypi/legacy/")]
    [InlineData("POST", "/pypi/")]
    [InlineData("PUT", "/nuget/api/v2/package/")]
    [InlineData("PUT", "/nuget/api/v2/symbolpackage/")]
    [InlineData("PUT", "/maven/org/example/app/1.0/app-1.0.jar")]
    [InlineData("PUT", "/cargo/api/v1/crates/new")]
    [InlineData("PUT", "/cargo-files/api/v1/crates/new")]
    public void RequestOfAPublishingClient_IsAllowedWithPublishAlone(string method, string path)
    {
        Assert.Contains(method, MethodsOf(path, isPublishing: true));
        Assert.Equal(["GET", "HEAD"], MethodsOf(path, isPublishing: false));
    }

    [Theory]
    [InlineData("DELETE", "/npm/greeter/-rev/1")]
    [InlineData("PUT", "/npm/greeter/-rev/1")]
    [InlineData("POST", "/npm/greeter")]
    [InlineData("PUT", "/npm/@words%2f..%2f-%2fuser")]
    [InlineData("POST", "/pypi/simple/")]
    [InlineData("DELETE", "/nuget/api/v2/package/greeter/1.0.0")]
    [InlineData("DELETE", "/maven/org/example/app/1.0/app-1.0.jar")]
    [InlineData("DELETE", "/cargo/api/v1/crates/greeter/1.0.0/yank")]
    [InlineData("PUT", "/debian/pool/main/h/hello/hello_2.10-3_amd64.deb")]
    [InlineData("PUT", "/go/example.org/x/@v/v1.0.0.zip")]
    public void AnythingElse_IsNot(string method, string path) => Assert.DoesNotContain(method, MethodsOf(path, isPublishing: true));

    private static IReadOnlyList<string> MethodsOf(string path, bool isPublishing)
    {
        string[] names = ["npm", "pypi", "pypi-files", "nuget", "maven", "cargo", "cargo-files"];
        var table = new RouteTable(new HttpDoorOptions
        {
            Routes = PresetWorld.Of(
            [
                $"PRESETS={string.Join(',', PresetCatalog.All.Keys)}", .. PresetCatalog.All.Values.SelectMany(PresetWorld.Upstreams),
                .. isPublishing ? names.Select(name => $"ClamProxy:Routes:{name}:Publish=true") : [],
            ]).Routes,
        });
        return table.MethodsOf(table.Find(path, out var rest)!, rest);
    }
}
