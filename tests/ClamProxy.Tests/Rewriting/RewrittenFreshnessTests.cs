using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Rewriting;

/// <summary>An index whose links are rewritten and whose answers are kept: what is kept and asked about is upstream's own text.</summary>
public sealed class RewrittenFreshnessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task UpstreamFails_KeptTextIsRewrittenAndConditionsAreWeighedByTheNewTag()
    {
        await using var world = await RewritingWorld.StartAsync(
            "--ClamProxy:Routes:idx:Revalidate=true", $"--STORE_PATH={_folder.File("store")}");
        world.On("/index", RewritingWorld.Index);
        var first = await world.GetAsync("/index");
        var confirmed = await world.GetAsync("/index");
        world.Origin.On("/index", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        var old = await world.GetAsync("/index");
        var unchanged = await world.GetAsync("/index", ("If-None-Match", first["ETag"]!));
        var otherTag = await world.GetAsync("/index", ("If-None-Match", "\"v1\""));

        Assert.All(
            new[] { first, confirmed, old, otherTag },
            reply => Assert.Equal((200, world.Rewritten), (reply.Status, Encoding.UTF8.GetString(reply.Body))));
        Assert.Equal(304, unchanged.Status);
        Assert.NotEqual("\"v1\"", first["ETag"]);
        Assert.Equal(first["ETag"], old["ETag"]);
        Assert.Contains("stale-if-error", old["Cache-Status"], StringComparison.Ordinal);
        Assert.Equal([null, "\"v1\""], world.Origin.Requests.Take(2).Select(request => request.Headers.GetValueOrDefault("If-None-Match")));
    }
}
