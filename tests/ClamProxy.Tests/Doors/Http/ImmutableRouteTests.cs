using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>A route of indexes that do not last and of files that do.</summary>
public sealed class ImmutableRouteTests
{
    private const string Hit = "ClamProxy; hit; detail=url-verdict";
    private const string Bypass = "ClamProxy; fwd=bypass; fwd-status=200";

    [Theory]
    [InlineData("/pkg/a.whl", Hit)]
    [InlineData("/pkg/simple/a/", Bypass)]
    [InlineData("/pkg/simple/%2e%2e/a.whl", Bypass)]
    public async Task PathOfARoute_IsScannedAgainUnlessAPatternMatches(string path, string cacheStatus)
    {
        await using var upstream = await FakeOrigin.StartAsync();
        await using var world = await StartAsync(upstream, allowHeaders: false);

        await GetAsync(world, path);
        var second = await GetAsync(world, path);

        Assert.Equal((200, cacheStatus), (second.Status, second["Cache-Status"]));
    }

    [Fact]
    public async Task HeaderThatMayBeSent_WinsOverThePattern()
    {
        await using var upstream = await FakeOrigin.StartAsync();
        await using var world = await StartAsync(upstream, allowHeaders: true);

        await GetAsync(world, "/pkg/a.whl");
        var second = await GetAsync(world, "/pkg/a.whl", ("Cache-Scan", "False"));

        Assert.Equal(Bypass, second["Cache-Status"]);
    }

    [Fact]
    public async Task SourceOfTheClient_HasNoPatternOfTheRoute()
    {
        await using var upstream = await FakeOrigin.StartAsync();
        await using var world = await StartAsync(upstream, allowHeaders: true);

        await GetAsync(world, "/pkg/a.whl", ("Download-From", upstream.Url));
        var second = await GetAsync(world, "/pkg/a.whl", ("Download-From", upstream.Url));

        Assert.Equal(Bypass, second["Cache-Status"]);
    }

    private static Task<ProxyWorld> StartAsync(FakeOrigin upstream, bool allowHeaders)
    {
        var content = Encoding.UTF8.GetBytes("content");
        upstream.On("/a.whl", content).On("/pkg/a.whl", content).On("/simple/a/", content).On("/simple/%2e%2e/a.whl", content);
        return ProxyWorld.StartAsync(
            "--ClamProxy:Routes:pkg:Path=/pkg", $"--ClamProxy:Routes:pkg:Upstream={upstream.Url}",
            "--ClamProxy:Routes:pkg:Immutable=/**/*.whl", $"--ClamProxy:Routes:pkg:AllowHeaders={allowHeaders}");
    }

    private static async Task<Reply> GetAsync(ProxyWorld world, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(
                world.Client.BaseAddress!.ToString().TrimEnd('/') + path,
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await world.SendAsync(request);
    }
}
