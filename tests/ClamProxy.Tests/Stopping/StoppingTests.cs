using ClamProxy.Core.Fetching;
using ClamProxy.Stopping;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Tests.Stopping;

public sealed class StoppingTests
{
    [Fact]
    public async Task RequestThatNeedsAFlight_IsSentElsewhereWhileTheProcessStops()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", [1, 2, 3]);
        world.Services.GetRequiredService<StopState>().Announce();
        await world.Services.GetRequiredService<ContentGate>().RefuseFlights();

        var reply = await world.GetAsync("/file");

        Assert.Equal((503, "Stopping", "urn:clamproxy:problem:stopping"), (reply.Status, reply.Reason, reply.Problem("type")));
        Assert.Equal(("5", "close"), (reply["Retry-After"], reply["Connection"]));
        Assert.Empty(world.Origin.Requests);
    }

    [Fact]
    public async Task NotAsked_ConnectionsAreKept()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", [1, 2, 3]);

        Assert.Null((await world.GetAsync("/file"))["Connection"]);
    }

    [Fact]
    public void DelayThatLeavesNoTime_StopsTheStart()
    {
        var (_, problems) = ProxyApplication.Build(["--STOP_DELAY=25s"]);

        Assert.Equal(["STOP_WITHIN=00:00:25: takes a time from 1 second to 1 hour, longer than STOP_DELAY"], problems);
    }
}
