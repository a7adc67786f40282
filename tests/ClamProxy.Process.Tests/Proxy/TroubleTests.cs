using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>Dependencies that die, freeze, reload and come back while clients go on asking.</summary>
public sealed class TroubleTests
{
    private const int Some = 60;

    [Fact]
    public async Task RedisKilledFrozenAndRestarted_NoRequestNotices()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var clamd = await ClamdProcess.StartAsync();
        await using var library = await Library.OpenAsync();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["REDIS_URL"] = redis.Url,
        });
        using var load = new Load(proxy, library);
        load.Start();

        await load.MoreRightOnesAsync(Some);
        await redis.KillAsync();
        await load.MoreRightOnesAsync(Some);
        await redis.RestartAsync();
        await load.MoreRightOnesAsync(Some);
        redis.Freeze();
        await load.MoreRightOnesAsync(Some);
        redis.Thaw();
        await load.MoreRightOnesAsync(Some);
        await load.StopAsync();

        Assert.Equal(0, load.Errors);
    }

    [Fact]
    public async Task OneOfTwoClamdsKilledFrozenOrReloading_NoRequestFails()
    {
        await using var steady = await ClamdProcess.StartAsync();
        await using var shaky = await ClamdProcess.StartAsync();
        await using var library = await Library.OpenAsync();
        await using var proxy = await StartAsync(steady, shaky);
        using var load = new Load(proxy, library);
        load.Start();

        await load.MoreRightOnesAsync(Some);
        await shaky.Process.KillAsync();
        await load.MoreRightOnesAsync(Some);
        await shaky.StartAgainAsync();
        await load.MoreRightOnesAsync(Some);
        shaky.Process.Freeze();
        await load.MoreRightOnesAsync(Some);
        shaky.Process.Thaw();
        await shaky.ReloadAsync();
        await load.MoreRightOnesAsync(Some);
        await load.StopAsync();

        Assert.True(load.Errors == 0, load.ErrorsInWords);
    }

    [Fact]
    public async Task BothClamdsGone_NothingIsServedUntilOneIsBack()
    {
        await using var first = await ClamdProcess.StartAsync();
        await using var second = await ClamdProcess.StartAsync();
        await using var library = await Library.OpenAsync();
        await using var proxy = await StartAsync(first, second);
        using var load = new Load(proxy, library);
        load.Start();
        await load.MoreRightOnesAsync(Some);

        await first.Process.KillAsync();
        await second.Process.KillAsync();
        using (var refused = await proxy.GetAsync("/clean-5000", library.Origin.Url))
        {
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await second.StartAgainAsync();
        await load.MoreRightOnesAsync(Some);
        await load.StopAsync();
    }

    [Fact]
    public async Task ProxyKilledMidDownload_NoSpoolFileIsLeft()
    {
        using var spool = new TempFolder();
        await using var clamd = await ClamdProcess.StartAsync();
        await using var origin = await FakeOrigin.StartAsync();
        var arrived = new TaskCompletionSource();
        origin.On("/large", async context =>
        {
            await context.Response.Body.WriteAsync(new byte[3_000_000]);
            await context.Response.Body.FlushAsync();
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var settings = new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.UnixEndpoint,
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["SPOOL_PATH"] = spool.Path,
        };
        await using var proxy = await ProxyProcess.StartAsync(settings);
        var request = proxy.GetAsync("/large", origin.Url);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await proxy.KillAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => request);
        Assert.Empty(Directory.GetFileSystemEntries(spool.Path));
        await File.WriteAllTextAsync(spool.File("clamproxy-spool-left"), "by a kill between two calls");
        await using var next = await ProxyProcess.StartAsync(settings);
        Assert.Empty(Directory.GetFileSystemEntries(spool.Path));
    }

    [Fact]
    public async Task WrongSetting_StopsTheStartWithOneLine()
    {
        await using var process = ProxyProgram.Tested.Run(
            [],
            new Dictionary<string, string> { ["CACHE_TTL"] = "tomorrow" });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(limit.Token);

        Assert.Equal(78, process.ExitCode);
        Assert.StartsWith("CACHE_TTL=tomorrow: takes ", Assert.Single(process.Log.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private static Task<ProxyProcess> StartAsync(ClamdProcess first, ClamdProcess second) =>
        ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = $"{first.UnixEndpoint},{second.TcpEndpoint}",
            ["ALLOWED_UPSTREAMS"] = "127.0.0.1",
            ["ClamProxy__Clamd__ProbeInterval"] = "200ms",

            // A scan that a frozen clamd has waits for DownAfter; a trickle meanwhile would break off where a refusal is asked for.
            ["PATIENCE_SECONDS"] = "60",
        });
}
