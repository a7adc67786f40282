using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

public sealed class ConditionalTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UpstreamSays304_SoDoWe(bool cacheScan)
    {
        await using var world = await StartAsync();
        await world.GetAsync("/file", cacheScan);

        var reply = await world.GetAsync("/file", cacheScan, ("If-None-Match", "\"v1\""));

        Assert.Equal((304, 0), (reply.Status, reply.Body.Length));
        Assert.Equal("\"v1\"", reply["ETag"]);
        Assert.Single(world.Clamd.Contents);
    }

    [Fact]
    public async Task ConditionThatDoesNotHold_GetsTheFile()
    {
        await using var world = await StartAsync();

        var reply = await world.GetAsync("/file", headers: ("If-None-Match", "\"v0\""));

        Assert.Equal((200, "content"), (reply.Status, Encoding.UTF8.GetString(reply.Body)));
    }

    [Fact]
    public async Task ConditionalAndPlainRequestAtOnce_DoNotShareAnAnswer()
    {
        await using var world = await StartAsync();
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

    private static async Task<ProxyWorld> StartAsync()
    {
        var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            if (context.Request.Headers.IfNoneMatch == "\"v1\"")
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            await FakeOrigin.SendAsync(context, "content"u8.ToArray());
        });
        return world;
    }
}
