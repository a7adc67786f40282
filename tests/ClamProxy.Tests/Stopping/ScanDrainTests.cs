using ClamProxy.Core.Failures;
using ClamProxy.Core.Scanning;
using ClamProxy.Tests.Doors.Probe;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.Tests.Stopping;

/// <summary>A scan that a door without downloads began is waited for as flights are.</summary>
public sealed class ScanDrainTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ScanUnderWay_IsFinishedBeforeTheProcessEnds()
    {
        var (scanning, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var world = await StartAsync(scanning, goOn, "--STOP_WITHIN=30s");
        var scan = new ProbeDoor(world.Services).ScanUploadAsync([1, 2, 3], "upload", Cancelled);
        await scanning.Task.WaitAsync(Limit, Cancelled);

        var wasScanned = StopAsync(world, scan);
        await IsRefusedAsync(world);
        goOn.SetResult();

        Assert.True(await wasScanned.WaitAsync(Limit, Cancelled));
        Assert.IsType<ScanDecision.Clean>(await scan);
    }

    [Fact]
    public async Task ScanStillUnderWayAtTheDeadline_IsGivenUp()
    {
        var (scanning, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var world = await StartAsync(scanning, goOn, "--STOP_WITHIN=1s");
        var scan = new ProbeDoor(world.Services).ScanUploadAsync([1, 2, 3], "upload", Cancelled);
        await scanning.Task.WaitAsync(Limit, Cancelled);

        await world.Services.GetRequiredService<IHost>().StopAsync(Cancelled).WaitAsync(Limit, Cancelled);

        var failed = Assert.IsType<ScanDecision.Failed>(await scan.WaitAsync(Limit, Cancelled));
        Assert.Equal(FailureReason.Stopping, failed.Failure.Reason);
        goOn.SetResult();
    }

    /// <returns>Whether the scan had ended when the host had.</returns>
    private static async Task<bool> StopAsync(ProxyWorld world, Task scan)
    {
        await world.Services.GetRequiredService<IHost>().StopAsync(Cancelled);
        return scan.IsCompleted;
    }

    private static async Task IsRefusedAsync(ProxyWorld world)
    {
        using var limit = new CancellationTokenSource(Limit);
        var refused = false;
        while (!refused)
        {
            try
            {
                using var answer = await world.Client.GetAsync(new Uri("/", UriKind.Relative), limit.Token);
                await Task.Delay(10, limit.Token);
            }
            catch (HttpRequestException)
            {
                refused = true;
            }
        }
    }

    private static async Task<ProxyWorld> StartAsync(TaskCompletionSource scanning, TaskCompletionSource goOn, string within)
    {
        var world = await ProxyWorld.StartAsync(within);
        world.Clamd.OnContent = async (connection, _) =>
        {
            scanning.TrySetResult();
            await goOn.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        return world;
    }
}
