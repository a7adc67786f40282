using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Api;

/// <summary><c>GET /monitor</c>, in the shape that ScanAsService answers.</summary>
public sealed class MonitorTests
{
    [Fact]
    public async Task Scans_AreCountedByScannerAndFinding()
    {
        await using var world = await ApiWorld.StartAsync();
        await world.ResultAsync([1]);
        await world.ResultAsync([2]);
        await world.ResultAsync([.. Eicar.Bytes]);

        var (status, body) = await world.GetAsync("/monitor");

        Assert.Equal(200, status);
        var scanners = Assert.Single(body.GetProperty("monitor").EnumerateArray());
        Assert.InRange(scanners.GetProperty("timestamp").GetDouble(), 1.7e9, 1e10);
        var scanner = scanners.GetProperty(world.Clamd.Endpoint["tcp://".Length..]);
        Assert.Equal($"{scanner.GetProperty("host")}:{scanner.GetProperty("port")}", world.Clamd.Endpoint["tcp://".Length..]);
        Assert.Equal(3, scanner.GetProperty("count").GetInt64());
        Assert.InRange(scanner.GetProperty("avg_time").GetDouble(), 0.000_001, 30);
        Assert.Equal((0, 0, 0), (Of(scanner, "busy"), Of(scanner, "failures"), Of(scanner, "last_failure")));
        var totals = Assert.Single(body.GetProperty("clamav").EnumerateArray());
        Assert.Equal((1, 2, 0), (Of(totals, "infected"), Of(totals, "cleaned"), Of(totals, "errors")));
    }

    [Fact]
    public async Task ScanWithoutAnAnswer_IsAFailureOfItsScanner()
    {
        await using var world = await ApiWorld.StartAsync();
        world.Clamd.OnContent = (connection, _) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        };
        await world.PostAsync("/scan", new ByteArrayContent([1]));

        var (_, body) = await world.GetAsync("/monitor");

        var scanner = body.GetProperty("monitor")[0].GetProperty(world.Clamd.Endpoint["tcp://".Length..]);
        Assert.InRange(Of(scanner, "failures"), 1, 10);
        Assert.InRange(scanner.GetProperty("last_failure").GetDouble(), 1.7e9, 1e10);
        Assert.Equal(1, Of(body.GetProperty("clamav")[0], "errors"));
    }

    [Fact]
    public async Task ScanUnderWay_IsBusy()
    {
        await using var world = await ApiWorld.StartAsync();
        var (begun, finish) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Clamd.OnContent = async (connection, _) =>
        {
            begun.TrySetResult();
            await finish.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        var scan = world.PostAsync("/scan", new ByteArrayContent([1]));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        var (_, body) = await world.GetAsync("/monitor");
        finish.SetResult();
        await scan;

        Assert.Equal(1, Of(body.GetProperty("monitor")[0].GetProperty(world.Clamd.Endpoint["tcp://".Length..]), "busy"));
    }

    private static int Of(JsonElement figures, string name) => figures.GetProperty(name).GetInt32();
}
