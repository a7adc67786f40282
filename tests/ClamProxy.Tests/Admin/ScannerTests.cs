using System.Text.Json;
using ClamProxy.Core.Clamd;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Tests.Admin;

/// <summary>Scanners are taken out, let work again and tested.</summary>
public sealed class ScannerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DrainedScanner_GetsNoScansAndReadinessSaysSo()
    {
        await using var second = FakeClamd.OnTcp();
        await using var world = await StartAsync(second);

        var drained = await world.PostAsync("/scanners/drain", Body(world.World.Clamd));
        await GetSomeAsync(world);

        Assert.Equal("drained", State(AdminWorld.Json(drained), world.World.Clamd));
        Assert.Empty(world.World.Clamd.Contents);
        Assert.Equal(4, second.Contents.Count);
        var ready = JsonSerializer.Deserialize<JsonElement>(
            await world.World.Management.GetStringAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken));
        var problem = ready.GetProperty("scanners")[0].GetProperty("problem").GetString();
        Assert.Contains("drained by an operator", problem, StringComparison.Ordinal);

        var resumed = await world.PostAsync("/scanners/resume", Body(world.World.Clamd));

        Assert.Equal("working", State(AdminWorld.Json(resumed), world.World.Clamd));
    }

    [Fact]
    public async Task ScanUnderWay_EndsOnTheDrainedScanner()
    {
        await using var second = FakeClamd.OnTcp();
        await using var world = await StartAsync(second);
        var (scanning, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        foreach (var clamd in new[] { world.World.Clamd, second })
        {
            clamd.OnContent = async (connection, _) =>
            {
                scanning.TrySetResult();
                await goOn.Task;
                await connection.ReplyAsync("stream: OK\0");
            };
        }

        var waiting = world.GetFileAsync();
        await scanning.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var (busy, idle) = !world.World.Clamd.Contents.IsEmpty ? (world.World.Clamd, second) : (second, world.World.Clamd);
        Assert.Equal(200, (await world.PostAsync("/scanners/drain", Body(busy))).Status);
        goOn.SetResult();

        Assert.Equal(200, (await waiting).Status);
        Assert.Single(busy.Contents);
        Assert.Empty(idle.Contents);
    }

    [Fact]
    public async Task LastScanner_IsDrainedByForceOnly()
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        var refused = await world.PostAsync("/scanners/drain", Body(world.World.Clamd));

        Assert.Equal(409, refused.Status);
        Assert.Equal(200, (await world.GetFileAsync()).Status);
        Assert.Equal(
            200, (await world.PostAsync("/scanners/drain", $$"""{"scanner": "{{world.World.Clamd.Endpoint}}", "force": true}""")).Status);
        Assert.Equal(503, (await world.World.GetAsync(AdminWorld.File)).Status);
        using var ready = await world.World.Management.GetAsync(
            new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(503, (int)ready.StatusCode);
    }

    [Fact]
    public async Task Canary_SaysWhichScannerFindsNothingAnyMore()
    {
        await using var second = FakeClamd.OnTcp();
        await using var world = await StartAsync(second);
        second.FindsEicar = false;

        var tested = AdminWorld.Json(await world.PostAsync("/scanners/canary", "{}")).GetProperty("scanners");

        Assert.True(Of(tested, world.World.Clamd).GetProperty("lastCanary").GetProperty("passed").GetBoolean());
        var failed = Of(tested, second);
        Assert.False(failed.GetProperty("lastCanary").GetProperty("passed").GetBoolean());
        Assert.Contains("EICAR", failed.GetProperty("lastCanary").GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal("untrusted", failed.GetProperty("state").GetString());
    }

    private async Task<AdminWorld> StartAsync(FakeClamd second)
    {
        var world = await AdminWorld.StartAsync(_folder);
        var pool = world.World.Services.GetRequiredService<ClamdPool>();
        pool.UseHosts([world.World.Clamd.Endpoint, second.Endpoint]);
        await pool.WaitForFirstProbeAsync(TestContext.Current.CancellationToken).WaitAsync(
            TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return world;
    }

    private static async Task GetSomeAsync(AdminWorld world)
    {
        for (var number = 0; number < 4; number++)
        {
            world.World.Origin.On($"/file{number}", RandomBody.Of(1000 + number));
            Assert.Equal(200, (await world.World.GetAsync($"/file{number}")).Status);
        }
    }

    private static string Body(FakeClamd clamd) => $$"""{"scanner": "{{clamd.Endpoint}}"}""";

    private static string? State(JsonElement answer, FakeClamd clamd) =>
        Of(answer.GetProperty("scanners"), clamd).GetProperty("state").GetString();

    private static JsonElement Of(JsonElement scanners, FakeClamd clamd) =>
        scanners.EnumerateArray().Single(
            scanner => scanner.GetProperty("scanner").GetString()!.EndsWith($":{clamd.Port}", StringComparison.Ordinal));
}
