using System.Net;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Management;

/// <summary>A full disk shows in /readyz with its path.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task DiskOfTheSpoolIsFull_IsShownWithItsPathUntilThereIsRoom()
    {
        await using var disk = await SmallDisk.MountAsync();
        Assert.SkipUnless(disk.CanFail, "mounting a file system of its own is not permitted here");
        await using var world = await ProxyWorld.StartAsync($"--SPOOL_PATH={disk.Path}");
        world.Origin.On("/large", RandomBody.Of(1_000_000));

        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync(world)).Status);
        await disk.FillAsync();
        var full = await ReadyAsync(world);
        var refused = await world.GetAsync("/large");
        await disk.MendAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, full.Status);
        Assert.Contains($"\"problem\": \"the disk of {disk.Path} is full\"", full.Text, StringComparison.Ordinal);
        Assert.Equal(503, refused.Status);
        Assert.Equal((HttpStatusCode.OK, 200), ((await ReadyAsync(world)).Status, (await world.GetAsync("/large")).Status));
    }

    private static async Task<(HttpStatusCode Status, string Text)> ReadyAsync(ProxyWorld world)
    {
        using var answer = await world.Management.GetAsync(new Uri("/readyz", UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
