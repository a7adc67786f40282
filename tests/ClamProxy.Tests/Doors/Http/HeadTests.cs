using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

public sealed class HeadTests
{
    [Fact]
    public async Task Head_IsUpstreamsHead()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            await FakeOrigin.SendAsync(context, new byte[1234]);
        });

        var reply = await HeadAsync(world, "/file");

        Assert.Equal((200, "1234", "\"v1\"", 0), (reply.Status, reply["Content-Length"], reply["ETag"], reply.Body.Length));
        Assert.Equal("ClamProxy; fwd=method; fwd-status=200", reply["Cache-Status"]);
        Assert.Empty(world.Clamd.Contents);
    }

    [Fact]
    public async Task HeadOfARedirect_IsFollowed()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.Redirect("/old", "/new").On("/new", new byte[7]);

        Assert.Equal((200, "7"), ((await HeadAsync(world, "/old")).Status, (await HeadAsync(world, "/old"))["Content-Length"]));
    }

    [Fact]
    public async Task HeadOfWhatIsKnownToBeInfected_Is409()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/bad", Eicar.Bytes);
        await world.GetAsync("/bad", cacheScan: true);

        var known = await HeadAsync(world, "/bad", cacheScan: true);
        var notAsked = await HeadAsync(world, "/bad", cacheScan: false);

        Assert.Equal((409, "infected", "Infected Eicar-Test-Signature"), (known.Status, known["Scan-Verdict"], known.Reason));
        Assert.Equal(200, notAsked.Status);
    }

    [Fact]
    public async Task HeadOfAForbiddenUpstream_Is403()
    {
        await using var world = await ProxyWorld.StartAsync("--ALLOWED_UPSTREAMS=files.pythonhosted.org");

        Assert.Equal(403, (await HeadAsync(world, "/x")).Status);
    }

    [Fact]
    public async Task HeadOfAnUpstreamThatIsGone_Is502()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:Download:Retries=0");
        using var request = world.Request("/x", method: HttpMethod.Head);
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", $"http://127.0.0.1:{FreePort.Next()}");

        Assert.Equal(502, (await world.SendAsync(request)).Status);
    }

    private static async Task<Reply> HeadAsync(ProxyWorld world, string path, bool cacheScan = false)
    {
        using var request = world.Request(path, cacheScan, HttpMethod.Head);
        return await world.SendAsync(request);
    }

    [Fact]
    public async Task HeadsOfOneClient_HaveAShareLikeItsDownloads()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:Download:MaxFlightsPerClient=1");
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        world.Origin.On("/slow", async _ =>
        {
            asked.TrySetResult();
            await answer.Task;
        });
        world.Origin.On("/file", "file"u8.ToArray());
        using var first = world.Request("/slow", method: HttpMethod.Head);
        using var second = world.Request("/file", method: HttpMethod.Head);
        using var third = world.Request("/file", method: HttpMethod.Head);

        var waiting = world.SendAsync(first);
        await asked.Task;
        var refused = await world.SendAsync(second);
        var download = await world.GetAsync("/file");
        answer.SetResult();

        Assert.Equal((503, 503, 200), (refused.Status, download.Status, (await waiting).Status));
        Assert.Equal(200, (await world.SendAsync(third)).Status);
    }
}
