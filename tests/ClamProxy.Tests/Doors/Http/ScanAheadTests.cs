using ClamProxy.Doors.Http.Replies;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Wheels that are scanned as soon as their metadata is asked for (PEP 658).</summary>
public sealed class ScanAheadTests
{
    private static readonly byte[] Content = RandomBody.Of(100_000);

    [Theory]
    [InlineData("/a/b-1.0-py3-none-any.whl.metadata", "/a/b-1.0-py3-none-any.whl")]
    [InlineData("/a/b.whl.metadata?x=1.metadata", "/a/b.whl?x=1.metadata")]
    [InlineData("/a/b.whl", null)]
    [InlineData("/a/b.metadata", null)]
    [InlineData("/a/b.whl?x=.whl.metadata", null)]
    public void AnnouncedFile_IsFoundByItsMetadata(string asked, string? file) => Assert.Equal(file, AnnouncedFile.Of(asked));

    [Fact]
    public async Task MetadataIsAskedFor_WheelIsScannedBeforeAnybodyAsksForIt()
    {
        await using var world = await WorldAsync("--SCAN_AHEAD=true");

        await world.GetAsync("/one.whl.metadata", cacheScan: true, ("If-None-Match", "\"tag\""));
        await world.WaitForMetricAsync("clamproxy_clamd_scans_total", 2);
        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);
        var wheel = await world.GetAsync("/one.whl", cacheScan: true);

        Assert.Equal(Content, wheel.Body);
        Assert.Contains("hit", wheel["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal(2, world.Clamd.Contents.Count);
    }

    [Theory]
    [InlineData(true, "--SCAN_AHEAD=false")]
    [InlineData(false, "--SCAN_AHEAD=true")]
    public async Task NotWantedOrOfNoUse_OnlyTheMetadataIsFetched(bool cacheScan, string setting)
    {
        await using var world = await WorldAsync(setting);

        await world.GetAsync("/one.whl.metadata", cacheScan);
        await world.GetAsync("/one.whl.metadata", cacheScan);

        Assert.All(world.Origin.Requests, request => Assert.Equal("/one.whl.metadata", request.Target));
        Assert.Equal(0, await world.MetricAsync("clamproxy_gate_ahead_total"));
    }

    [Fact]
    public async Task RouteSaysOtherwise_RouteWins()
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/one.whl.metadata", Content).On("/one.whl", Content);
        await using var world = await WorldAsync(
            "--ClamProxy:Routes:r:Path=/r", $"--ClamProxy:Routes:r:Upstream={origin.Url}", "--ClamProxy:Routes:r:CacheScan=true",
            "--ClamProxy:Routes:r:ScanAhead=true");

        await world.Client.GetByteArrayAsync(new Uri("/r/one.whl.metadata", UriKind.Relative));

        await world.WaitForMetricAsync("clamproxy_gate_ahead_total", 1);
    }

    [Fact]
    public async Task MoreThanAllowedAtOnce_IsLeftUntilItIsAskedFor()
    {
        await using var world = await WorldAsync("--SCAN_AHEAD=true", "--ClamProxy:Gate:MaxAhead=1");
        var release = new TaskCompletionSource();
        world.Origin.On("/one.whl", async context =>
        {
            await release.Task;
            await FakeOrigin.SendAsync(context, Content);
        });
        world.Origin.On("/two.whl.metadata", [1, 2, 3, 4, 5, 6]);

        await world.GetAsync("/one.whl.metadata", cacheScan: true);
        await world.GetAsync("/two.whl.metadata", cacheScan: true);
        var metrics = await world.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        release.SetResult();

        Assert.Contains("clamproxy_gate_ahead_total{outcome=\"begun\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("clamproxy_gate_ahead_total{outcome=\"left\"} 1", metrics, StringComparison.Ordinal);
    }

    private static async Task<ProxyWorld> WorldAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(settings);
        world.Origin.On("/one.whl.metadata", "Name: one"u8.ToArray()).On("/one.whl", Content);
        return world;
    }
}
