namespace ClamProxy.Tests.Doors.Http;

public sealed class ConditionalTests
{
    [Fact]
    public async Task ConditionalAndPlainRequestAtOnce_DoNotShareAnAnswer()
    {
        await using var world = await ProxyWorld.StartAsync();
        var both = new CountdownEvent(2);
        world.Origin.On("/file", async context =>
        {
            both.Signal();
            await Task.Run(() => both.Wait(TimeSpan.FromSeconds(20)));
            context.Response.StatusCode = context.Request.Headers.IfNoneMatch.Count > 0 ? 304 : 200;
        });

        var replies = await Task.WhenAll(world.GetAsync("/file"), world.GetAsync("/file", headers: ("If-None-Match", "\"v1\"")));

        Assert.Equal([200, 304], replies.Select(reply => reply.Status));
    }
}
