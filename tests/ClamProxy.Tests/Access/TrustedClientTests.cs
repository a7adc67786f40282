namespace ClamProxy.Tests.Access;

/// <summary>
/// From whom it is taken where a file comes from. The test's own address, 127.0.0.1, is a trusted proxy where it may name another.
/// </summary>
public sealed class TrustedClientTests
{
    [Theory]
    [InlineData("10.1.0.0/16", null, null, 403)]
    [InlineData("10.1.0.0/16", null, "10.1.2.3", 403)]
    [InlineData("127.0.0.0/8", null, "203.0.113.7", 200)]
    [InlineData("10.1.0.0/16", "127.0.0.1/32", "10.1.2.3", 200)]
    [InlineData("10.1.0.0/16", "127.0.0.1/32", "::ffff:10.1.2.3", 200)]
    [InlineData("10.1.0.0/16", "127.0.0.1/32", "203.0.113.7", 403)]
    [InlineData("127.0.0.0/8,10.1.0.0/16", "127.0.0.1/32", "203.0.113.7", 403)]
    [InlineData("127.0.0.0/8", "127.0.0.1/32", "10.1.2.3, 127.0.0.1", 403)]
    [InlineData("127.0.0.0/8", "127.0.0.1/32", "nobody", 403)]
    [InlineData("127.0.0.0/8", "127.0.0.1/32", null, 200)]
    [InlineData("10.1.0.0/16", "192.0.2.0/24", "10.1.2.3", 403)]
    public async Task SourceOfTheClientsOwn_IsTakenFromTrustedAddressesOnly(string trusted, string? proxies, string? named, int status)
    {
        await using var world = await ProxyWorld.StartAsync($"--TRUSTED_CLIENTS={trusted}", $"--TRUSTED_PROXIES={proxies}");
        world.Origin.On("/file", [1, 2, 3]);

        var reply = await world.GetAsync("/file", true, named is null ? [] : [("X-Real-IP", named)]);

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200 ? 1 : 0, world.Origin.Requests.Count);
        if (status == 403)
        {
            Assert.Equal("urn:clamproxy:problem:untrusted-client", reply.Problem("type"));
        }
    }

    [Theory]
    [InlineData("/plain/file", null, null, 200)]
    [InlineData("/plain/file", "Cache-Scan", "True", 200)]
    [InlineData("/plain/file", "Download-From", "http://127.0.0.1:1", 200)]
    [InlineData("/open/file", null, null, 200)]
    [InlineData("/open/file", "Cache-Scan", "True", 403)]
    [InlineData("/open/file", "Download-From", "http://127.0.0.1:1", 403)]
    [InlineData("/none/file", null, null, 400)]
    public async Task Untrusted_IsLeftWithTheRoutesAsTheyAre(string path, string? field, string? value, int status)
    {
        await using var origin = await TestKit.FakeOrigin.StartAsync();
        origin.On("/file", [1, 2, 3]);
        await using var world = await ProxyWorld.StartAsync(
            "--TRUSTED_CLIENTS=10.1.0.0/16",
            "--ClamProxy:Routes:plain:Path=/plain", $"--ClamProxy:Routes:plain:Upstream={origin.Url}",
            "--ClamProxy:Routes:open:Path=/open", $"--ClamProxy:Routes:open:Upstream={origin.Url}",
            "--ClamProxy:Routes:open:AllowHeaders=true");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (field is not null)
        {
            request.Headers.Add(field, value);
        }

        Assert.Equal(status, (await world.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Refusals_AreCounted()
    {
        await using var world = await ProxyWorld.StartAsync("--TRUSTED_CLIENTS=10.1.0.0/16");
        await world.GetAsync("/file");

        Assert.Equal(1, await world.MetricAsync("clamproxy_access_refusals_total"));
    }

    [Fact]
    public void WrongNetwork_StopsTheStart()
    {
        var (_, problems) = ProxyApplication.Build(["--TRUSTED_CLIENTS=10.1.0.0"]);

        Assert.StartsWith("TRUSTED_CLIENTS=10.1.0.0: takes CIDRs", Assert.Single(problems), StringComparison.Ordinal);
    }
}
