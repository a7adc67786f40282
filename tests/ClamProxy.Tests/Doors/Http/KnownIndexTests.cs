using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>An index whose bytes were scanned before is not scanned again, although it is downloaded each time.</summary>
public sealed class KnownIndexTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly byte[] _index = RandomBody.Of(300_000);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task IndexWithoutValidators_IsDownloadedEachTimeAndScannedOnce(bool hasStore, bool isPrivate)
    {
        await using var world = await WorldAsync(hasStore);
        world.Origin.On("/index", context =>
        {
            context.Response.Headers.Date = "";
            return FakeOrigin.SendAsync(context, _index);
        });

        var replies = new List<Reply>();
        for (var time = 0; time < 3; time++)
        {
            replies.Add(await world.GetAsync("/r/index", headers: isPrivate ? [("Authorization", "Basic eDp5")] : []));
        }

        Assert.All(replies, reply => Assert.Equal(_index, reply.Body));
        Assert.Equal((3, 1), (world.Origin.Requests.Count, world.Clamd.Contents.Count));
        Assert.Equal("ClamProxy; hit; detail=content-verdict", replies[2]["Cache-Status"]);
    }

    [Fact]
    public async Task IndexWithOtherBytes_IsScanned()
    {
        await using var world = await WorldAsync(hasStore: true);
        foreach (var size in new[] { 100, 200, 100 })
        {
            world.Origin.On("/index", _index[..size]);
            Assert.Equal(200, (await world.GetAsync("/r/index")).Status);
        }

        Assert.Equal(2, world.Clamd.Contents.Count);
    }

    [Fact]
    public async Task NewerSignatures_AreAskedAgain()
    {
        await using var world = await WorldAsync(hasStore: false);
        world.Origin.On("/index", _index);
        await world.GetAsync("/r/index");
        world.Clamd.VersionReply = "ClamAV 1.4.6/27900/Thu Jan  1 00:00:00 2026\0";
        await world.WaitForDatabaseAsync(27900);

        await world.GetAsync("/r/index");

        Assert.Equal(2, world.Clamd.Contents.Count);
    }

    [Theory]
    [InlineData("False", 3)]
    [InlineData(null, 1)]
    public async Task ClientThatAsksForAFreshScan_GetsOne(string? cacheScan, int scans)
    {
        await using var world = await WorldAsync(hasStore: false, "--ClamProxy:Routes:r:AllowHeaders=true");
        world.Origin.On("/index", _index);

        for (var time = 0; time < 3; time++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/r/index", UriKind.Relative));
            if (cacheScan is not null)
            {
                request.Headers.TryAddWithoutValidation("Cache-Scan", cacheScan);
            }

            await world.SendAsync(request);
        }

        Assert.Equal(scans, world.Clamd.Contents.Count);
    }

    private Task<ProxyWorld> WorldAsync(bool hasStore, params string[] settings) => ProxyWorld.StartAsync(origin =>
    [
        .. hasStore ? new[] { $"--STORE_PATH={_folder.File("store")}" } : [],
        "--ClamProxy:Routes:r:Path=/r", $"--ClamProxy:Routes:r:Upstream={origin.Url}", "--ClamProxy:Routes:r:Revalidate=true", .. settings,
    ]);
}
