using System.Text;
using System.Text.RegularExpressions;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Routes whose index answers are kept, as HTTP clients see them.</summary>
public sealed partial class RevalidateRouteTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task UpstreamFails_AnswerSaysThatItIsOld()
    {
        await using var world = await StoredWorldAsync();
        world.Origin.On("/index", Abort);

        var reply = await AskAsync(world, HttpMethod.Get);

        Assert.Equal(
            (200, "one", "ClamProxy; hit; detail=stale-if-error"),
            (reply.Status, Encoding.UTF8.GetString(reply.Body), StatusOf(reply)));
        Assert.Equal(("clean", "\"1\""), (reply["Scan-Verdict"], reply["ETag"]));
        Assert.InRange(int.Parse(reply["Age"]!, System.Globalization.CultureInfo.InvariantCulture), 0, 60);
        Assert.Equal(1, await world.MetricAsync("clamproxy_gate_outages_total"));
    }

    [Theory]
    [InlineData(int.MaxValue, "99999999999")]
    [InlineData(int.MaxValue, "9999999999999999999999")]
    [InlineData(int.MaxValue, "1, 2")]
    [InlineData(int.MaxValue, "1", "2")]
    [InlineData(int.MaxValue, "x")]
    [InlineData(100, "100")]
    public async Task AgeThatIsUnclear_IsOldRatherThanNew(int least, params string[] ages)
    {
        await using var world = await WorldAsync("--ClamProxy:Routes:index:FreshFor=01:00:00");
        world.Origin.On("/index", context =>
        {
            context.Response.Headers.Age = ages;
            return GoodAsync(context);
        });
        await AskAsync(world, HttpMethod.Get);

        var stored = await AskAsync(world, HttpMethod.Get);

        Assert.Equal("ClamProxy; hit; detail=store", StatusOf(stored));
        var age = long.Parse(stored["Age"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(age, least, Math.Min(least + 60L, int.MaxValue));
    }

    /// <summary>RFC 9111 §4.2.3: the time since Date, where Age says less.</summary>
    [Theory]
    [InlineData("--ClamProxy:Routes:index:FreshFor=01:00:00")]
    [InlineData("--ClamProxy:Routes:index:Immutable=/index")]
    public async Task DateOfWhatIsStored_CountsAsAge(string setting)
    {
        await using var world = await WorldAsync(setting);
        world.Origin.On("/index", context =>
        {
            context.Response.Headers.Date = TimeProvider.System.GetUtcNow().AddSeconds(-100).ToString("R");
            context.Response.Headers.Age = "7";
            return GoodAsync(context);
        });
        await AskAsync(world, HttpMethod.Get);

        var stored = await AskAsync(world, HttpMethod.Get);

        Assert.Equal("ClamProxy; hit; detail=store", StatusOf(stored));
        Assert.InRange(int.Parse(stored["Age"]!, System.Globalization.CultureInfo.InvariantCulture), 99, 160);
    }

    [Fact]
    public async Task UpstreamHasNoOther_AnswerSaysThatItWasAsked()
    {
        await using var world = await StoredWorldAsync();

        Assert.Equal("ClamProxy; fwd=stale; fwd-status=304; stored", StatusOf(await AskAsync(world, HttpMethod.Get)));
    }

    [Theory]
    [InlineData("If-None-Match", "\"1\"", 304)]
    [InlineData("If-None-Match", "\"0\"", 200)]
    [InlineData("If-Match", "\"0\"", 412)]
    [InlineData("Range", "bytes=1-", 206)]
    public async Task Conditions_AreWeighedHereWhateverUpstreamSays(string field, string value, int status)
    {
        await using var world = await WorldAsync();

        var downloaded = await AskAsync(world, HttpMethod.Get, (field, value));
        var confirmed = await AskAsync(world, HttpMethod.Get, (field, value));
        world.Origin.On("/index", Abort);
        var old = await AskAsync(world, HttpMethod.Get, (field, value));

        Assert.Equal((status, status, status), (downloaded.Status, confirmed.Status, old.Status));
        Assert.DoesNotContain(world.Origin.Requests, request => request.Headers.GetValueOrDefault("If-None-Match") == "\"0\"");
        Assert.Equal(3, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task ConditionOnAnErrorPage_DoesNotCount()
    {
        await using var world = await WorldAsync();
        world.Origin.On("/index", context =>
        {
            context.Response.StatusCode = 404;
            context.Response.Headers.ETag = "\"1\"";
            return FakeOrigin.SendAsync(context, "none"u8.ToArray());
        });

        Assert.Equal(404, (await AskAsync(world, HttpMethod.Get, ("If-None-Match", "\"1\""))).Status);
    }

    [Fact]
    public async Task Head_IsAnsweredFromTheStoreWhileUpstreamCannotBeReached()
    {
        await using var world = await StoredWorldAsync();
        world.Origin.On("/index", Abort);

        var reply = await AskAsync(world, HttpMethod.Head);

        Assert.Equal((200, "3", "ClamProxy; hit; detail=stale-if-error"), (reply.Status, reply["Content-Length"], StatusOf(reply)));
    }

    [Fact]
    public async Task Freshness_IsUpstreamsWordWithWhatTheClientAsksFor()
    {
        await using var world = await WorldAsync();
        world.Origin.On("/index", context =>
        {
            context.Response.Headers.CacheControl = "max-age=600";
            return GoodAsync(context);
        });
        await AskAsync(world, HttpMethod.Get);

        var fresh = await AskAsync(world, HttpMethod.Get);
        var asked = await AskAsync(world, HttpMethod.Get, ("Cache-Control", "max-age=0"));
        var only = await AskAsync(world, HttpMethod.Get, ("Cache-Control", "only-if-cached, no-cache"));

        Assert.Matches("^ClamProxy; hit; ttl=(600|5[0-9]{2}); detail=store$", fresh["Cache-Status"]);
        Assert.Equal("ClamProxy; fwd=stale; fwd-status=304; stored", StatusOf(asked));
        Assert.Equal((504, 2), (only.Status, world.Origin.Requests.Count));
    }

    [Theory]
    [InlineData("Revalidate")]
    [InlineData(" revalidate ")]
    public async Task CacheScanRevalidate_DoesTheSameForASourceThatIsNamed(string value)
    {
        await using var world = await WorldAsync("--ClamProxy:Routes:index:AllowHeaders=true");
        world.Origin.On("/index/index", context =>
        {
            context.Response.Headers.CacheControl = "max-age=600";
            return GoodAsync(context);
        });

        foreach (var status in new[] { "ClamProxy; fwd=uri-miss; fwd-status=200; stored", "ClamProxy; hit; detail=store" })
        {
            var reply = await AskAsync(world, HttpMethod.Get, ("Download-From", world.Origin.Url), ("Cache-Scan", value));
            Assert.Equal(status, StatusOf(reply));
        }

        // What may change does not answer for what is called immutable.
        await AskAsync(world, HttpMethod.Get, ("Download-From", world.Origin.Url), ("Cache-Scan", "True"));
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    [Fact]
    public async Task SourceThatTheClientNames_IsNotKept()
    {
        await using var world = await WorldAsync("--ClamProxy:Routes:index:AllowHeaders=true");
        world.Origin.On("/index/index", GoodAsync);

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(200, (await AskAsync(world, HttpMethod.Get, ("Download-From", world.Origin.Url))).Status);
        }

        Assert.Empty(Directory.GetFiles(_folder.File("store/v1/urls"), "*", SearchOption.AllDirectories));
    }

    private static async Task<Reply> AskAsync(ProxyWorld world, HttpMethod method, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri("/index/index", UriKind.Relative));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await world.SendAsync(request);
    }

    /// <summary>Its Cache-Status without the time, which runs.</summary>
    private static string StatusOf(Reply reply) => TimeToLive().Replace(reply["Cache-Status"]!, "");

    [GeneratedRegex("; ttl=-?[0-9]+")]
    private static partial Regex TimeToLive();

    private static Task GoodAsync(HttpContext context)
    {
        context.Response.Headers.ETag = "\"1\"";
        if (context.Request.Headers.IfNoneMatch == "\"1\"")
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return FakeOrigin.SendAsync(context, "one"u8.ToArray());
    }

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private async Task<ProxyWorld> StoredWorldAsync()
    {
        var world = await WorldAsync();
        Assert.Equal("ClamProxy; fwd=uri-miss; fwd-status=200; stored", StatusOf(await AskAsync(world, HttpMethod.Get)));
        return world;
    }

    private async Task<ProxyWorld> WorldAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(
            origin =>
                [
                    $"--STORE_PATH={_folder.File("store")}",
                    "--ClamProxy:Download:Retries=0",
                    "--ClamProxy:Routes:index:Path=/index",
                    $"--ClamProxy:Routes:index:Upstream={origin.Url}",

                "--ClamProxy:Routes:index:Revalidate=true", .. settings]);
        world.Origin.On("/index", GoodAsync);
        return world;
    }
}
