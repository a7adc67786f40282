using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>The same as <see cref="SelectionTests"/> for answers that may change, which are kept and asked for again.</summary>
public sealed class IndexSelectionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task IndexVaries_EachVariantIsRevalidatedAndStandsInByItself()
    {
        await using var world = await WorldAsync();
        world.Origin.On("/index", AnswerByAcceptAsync);

        foreach (var accept in new[] { "text/a", "text/b", "text/a", "text/b" })
        {
            Assert.Equal($"for {accept}", Text(await AskAsync(world, accept)));
        }

        Assert.Equal(
            [null, null, "\"text/a\"", "\"text/b\""],
            world.Origin.Requests.Select(request => request.Headers.GetValueOrDefault("If-None-Match")));
        Assert.Equal(2, world.Clamd.Contents.Count);
        world.Origin.On("/index", Abort);
        Assert.Equal(("for text/a", "for text/b"), (Text(await AskAsync(world, "text/a")), Text(await AskAsync(world, "text/b"))));
        Assert.Equal(502, (await AskAsync(world, "text/c")).Status);
    }

    [Fact]
    public async Task NotModifiedSaysThatItVariesNow_IsAskedForWhole()
    {
        await using var world = await WorldAsync();
        world.Origin.On("/index", context =>
        {
            context.Response.Headers.ETag = "\"1\"";
            return context.Response.WriteAsync("one for all");
        });
        Assert.Equal("one for all", Text(await AskAsync(world, "text/a")));
        world.Origin.On("/index", context => AnswerByAcceptAsync(context, "\"1\""));

        Assert.Equal(("for text/b", "for text/a"), (Text(await AskAsync(world, "text/b")), Text(await AskAsync(world, "text/a"))));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task RefusalThatOneClientsFieldMayHaveCaused_EvictsNoIndex(int status)
    {
        await using var world = await WorldAsync();
        world.Origin.On("/index", context =>
        {
            context.Response.StatusCode = context.Request.Headers.Accept == "text/strange" ? status : 200;
            context.Response.Headers.ETag = "\"1\"";
            return context.Response.WriteAsync("one");
        });
        await AskAsync(world, "text/a");
        Assert.Equal(status, (await AskAsync(world, "text/strange")).Status);
        world.Origin.On("/index", Abort);

        Assert.Equal("one", Text(await AskAsync(world, "text/a")));
    }

    [Fact]
    public async Task IndexTurnsInfected_LeavesWhateverWasAccepted()
    {
        await using var world = await WorldAsync();
        world.Origin.On("/index", "one"u8.ToArray());
        await AskAsync(world, "text/a");
        world.Origin.On("/index", Eicar.Bytes);
        Assert.Equal(409, (await AskAsync(world, "text/b")).Status);
        world.Origin.On("/index", Abort);

        Assert.Equal(409, (await AskAsync(world, "text/a")).Status);
    }

    [Fact]
    public async Task FailureThatOneClientsFieldMayHaveCaused_LetsNobodyElseHaveAStaleIndex()
    {
        await using var world = await WorldAsync();
        var text = "one";
        world.Origin.On("/index", context =>
        {
            if (context.Request.Headers.Accept == "text/strange")
            {
                return Abort(context);
            }

            context.Response.Headers.ETag = $"\"{text}\"";
            return context.Response.WriteAsync(text);
        });
        await AskAsync(world, "text/a");
        Assert.Equal("one", Text(await AskAsync(world, "text/strange")));
        text = "two";

        Assert.Equal("two", Text(await AskAsync(world, "text/a")));
    }

    private static Task AnswerByAcceptAsync(HttpContext context) => AnswerByAcceptAsync(context, $"\"{context.Request.Headers.Accept}\"");

    private static Task AnswerByAcceptAsync(HttpContext context, string tag)
    {
        context.Response.Headers.Vary = "Accept";
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = 304;
            return Task.CompletedTask;
        }

        return context.Response.WriteAsync($"for {context.Request.Headers.Accept}");
    }

    private Task<ProxyWorld> WorldAsync() => ProxyWorld.StartAsync(origin =>
    [
        $"--STORE_PATH={_folder.File("store")}", "--ClamProxy:Routes:r:Path=/r", $"--ClamProxy:Routes:r:Upstream={origin.Url}",
        "--ClamProxy:Routes:r:Revalidate=true", "--ClamProxy:Download:Retries=0",
    ]);

    private static async Task<Reply> AskAsync(ProxyWorld world, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/r/index", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await world.SendAsync(request);
    }

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static string Text(Reply reply) => Encoding.UTF8.GetString(reply.Body);
}
