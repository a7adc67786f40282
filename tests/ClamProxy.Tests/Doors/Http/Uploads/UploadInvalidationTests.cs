using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http.Uploads;

/// <summary>A success makes what is kept of the URL stale (RFC 9111 §4.4).</summary>
public sealed class UploadInvalidationTests
{
    [Theory]
    [InlineData("")]
    [InlineData("ForwardedFields=Accept")]
    [InlineData("CacheScan=true")]
    public async Task Success_MakesTheKeptAnswerStale(string more)
    {
        using var store = new TempFolder();
        await using var world = await StartAsync(store, more);
        Assert.Equal(1, await AskTwiceAsync(world));

        Assert.Equal(201, (await world.PutAsync("/up/index", "new"u8.ToArray())).Status);

        Assert.Equal(2, await AskTwiceAsync(world));
    }

    [Fact]
    public async Task SuccessElsewhere_ThatNamesTheUrl_MakesItStaleToo()
    {
        using var store = new TempFolder();
        await using var world = await StartAsync(store, "");
        Assert.Equal(1, await AskTwiceAsync(world));
        world.Origin.On("/other", context =>
        {
            context.Response.Headers.Location = $"{world.Origin.Url}/index";
            return world.TakeAsync(context);
        });

        await world.PutAsync("/up/other", "new"u8.ToArray());

        Assert.Equal(2, await AskTwiceAsync(world));
    }

    [Theory]
    [InlineData("Location")]
    [InlineData("Content-Location")]
    public async Task SuccessElsewhere_ThatNamesManyUrls_CountsForTheFirstOnly(string field)
    {
        using var store = new TempFolder();
        await using var world = await StartAsync(store, "");
        Assert.Equal(1, await AskTwiceAsync(world));
        world.Origin.On("/other", context =>
        {
            context.Response.Headers[field] = new[] { $"{world.Origin.Url}/first", $"{world.Origin.Url}/index" };
            return world.TakeAsync(context);
        });

        await world.PutAsync("/up/other", "new"u8.ToArray());

        Assert.Equal(1, await AskTwiceAsync(world));
    }

    [Fact]
    public async Task Error_LeavesTheKeptAnswer()
    {
        using var store = new TempFolder();
        await using var world = await StartAsync(store, "");
        Assert.Equal(1, await AskTwiceAsync(world));
        world.Origin.Otherwise = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };

        Assert.Equal(403, (await world.PutAsync("/up/index", "new"u8.ToArray())).Status);

        Assert.Equal(1, await AskTwiceAsync(world));
    }

    private static async Task<UploadWorld> StartAsync(TempFolder store, string more)
    {
        var world = await UploadWorld.StartAsync(
        [
            $"--STORE_PATH={store.File("store")}", "--ClamProxy:Routes:up:Revalidate=true", "--ClamProxy:Routes:up:FreshFor=01:00:00",
            .. more.Length > 0 ? [$"--ClamProxy:Routes:up:{more}"] : Array.Empty<string>(),
        ]);
        world.Origin.On("/index", context =>
        {
            context.Response.Headers.ETag = "\"1\"";
            return HttpMethods.IsGet(context.Request.Method)
                ? FakeOrigin.SendAsync(context, "index"u8.ToArray())
                : world.Origin.Otherwise!(context);
        });
        return world;
    }

    /// <summary>How often upstream was asked for the index so far.</summary>
    private static async Task<int> AskTwiceAsync(UploadWorld world)
    {
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/up/index", UriKind.Relative));
            request.Headers.TryAddWithoutValidation("Accept", "text/html");
            Assert.Equal(200, (await world.Proxy.SendAsync(request)).Status);
        }

        return world.Origin.Requests.Count(request => request is { Method: "GET", Target: "/index" });
    }
}
