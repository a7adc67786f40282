using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Rewriting;

/// <summary>A client's copy passes for current only if it has the links that it would get now.</summary>
public sealed class RewrittenConditionsTests
{
    private const string Modified = "Fri, 20 Nov 2026 08:00:00 GMT";

    [Theory]
    [InlineData("\"v1\"", "\"v1-links-")]
    [InlineData("W/\"v1\"", "W/\"v1-links-")]
    [InlineData("\"\"", "\"-links-")]
    [InlineData("v1", null)]
    [InlineData(null, null)]
    public async Task TagOfAText_IsUpstreamsWithAMark(string? upstream, string? expected)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index, etag: upstream);

        var tag = (await world.GetAsync("/a"))["ETag"];

        Assert.Equal(expected, tag is null ? null : tag[..^17]);
    }

    [Theory]
    [InlineData("\"v1\"")]
    [InlineData("W/\"v1\"")]
    public async Task CurrentCopy_IsNotSentAgain(string upstream)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index, etag: upstream, lastModified: Modified);
        var tag = (await world.GetAsync("/a"))["ETag"]!;

        var reply = await world.GetAsync("/a", ("If-None-Match", tag), ("If-Modified-Since", Modified));

        Assert.Equal((304, tag, 0), (reply.Status, reply["ETag"], reply.Body.Length));
        Assert.Equal(upstream, world.Origin.Requests.Last().Headers["If-None-Match"]);
        Assert.False(world.Origin.Requests.Last().Headers.ContainsKey("If-Modified-Since"));
    }

    [Fact]
    public async Task CurrentCopyAmongOthers_IsTheOneThatUpstreamIsAskedAbout()
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index);
        var tag = (await world.GetAsync("/a"))["ETag"]!;

        var reply = await world.GetAsync("/a", ("If-None-Match", $"\"x, y\", \"v0-links-0123456789abcdef\" ,{tag}"));

        Assert.Equal(304, reply.Status);
        Assert.Equal("\"v1\"", world.Origin.Requests.Last().Headers["If-None-Match"]);
    }

    [Theory]
    [InlineData("If-None-Match", "\"v1\"")]
    [InlineData("If-None-Match", "W/\"v1\"")]
    [InlineData("If-None-Match", "\"v1-links-0123456789abcdef\"")]
    [InlineData("If-Modified-Since", Modified)]
    public async Task CopyFromBeforeTheRules_IsReplaced(string field, string value)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index, lastModified: Modified);

        var reply = await world.GetAsync("/a", (field, value));

        Assert.Equal((200, world.Rewritten), (reply.Status, Encoding.UTF8.GetString(reply.Body)));
        Assert.False(world.Origin.Requests.Single().Headers.ContainsKey(field));
    }

    [Fact]
    public async Task CopyOfAnotherPublicBase_IsReplaced()
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index);
        var tag = (await world.GetAsync("/a", ("Host", "one.example.org")))["ETag"]!;

        var reply = await world.GetAsync("/a", ("Host", "two.example.org"), ("If-None-Match", tag));

        Assert.Equal(200, reply.Status);
        Assert.Contains("http://two.example.org/files/", Encoding.UTF8.GetString(reply.Body), StringComparison.Ordinal);
        Assert.NotEqual(tag, reply["ETag"]);
    }

    [Theory]
    [InlineData("If-None-Match", "\"v1\"", 304)]
    [InlineData("If-None-Match", "\"v0\"", 200)]
    [InlineData("If-Modified-Since", Modified, 304)]
    [InlineData("If-Match", "\"v0\"", 412)]
    [InlineData("If-Match", "\"v1\"", 200)]
    public async Task ConditionsOfAnotherFileOnTheRoute_AreWeighedHere(string field, string value, int status)
    {
        await using var world = (await RewritingWorld.StartAsync()).On(
            "/a", RewritingWorld.Other, "application/x-wheel", lastModified: Modified);

        var reply = await world.GetAsync("/a", (field, value));

        Assert.Equal(status, reply.Status);
    }

    [Fact]
    public async Task UpstreamWithoutConditions_CurrentCopyIsNotSentAgain()
    {
        await using var world = await RewritingWorld.StartAsync();
        world.Origin.On("/a", context =>
        {
            context.Response.ContentType = "text/html";
            context.Response.Headers.ETag = "\"v1\"";
            return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(RewritingWorld.Index));
        });
        var tag = (await world.GetAsync("/a"))["ETag"]!;

        var reply = await world.GetAsync("/a", ("If-None-Match", tag));

        Assert.Equal((304, tag), (reply.Status, reply["ETag"]));
        Assert.Null(reply["Content-Length"] is "0" ? null : reply["Content-Length"]);
    }

    [Theory]
    [InlineData("\"v1\"", 412)]
    [InlineData(null, 200)]
    public async Task IfMatch_IsAboutTheRewrittenText(string? value, int status)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index);
        var tag = (await world.GetAsync("/a"))["ETag"]!;

        Assert.Equal(status, (await world.GetAsync("/a", ("If-Match", value ?? tag))).Status);
    }

    [Fact]
    public async Task Head_SaysWhatGetSaysButTheLength()
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index);
        var tag = (await world.GetAsync("/a"))["ETag"]!;

        var head = await world.SendAsync(HttpMethod.Head, "/a");
        var unchanged = await world.SendAsync(HttpMethod.Head, "/a", ("If-None-Match", tag));

        Assert.Equal((200, tag, "text/html"), (head.Status, head["ETag"], head["Content-Type"]));
        Assert.Equal((null, null), (head["Content-Length"], head["Accept-Ranges"]));
        Assert.Equal((304, tag), (unchanged.Status, unchanged["ETag"]));
    }

    [Fact]
    public async Task HeadOfAnotherFile_HasItsLengthAndTag()
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Other, "application/x-wheel");

        var head = await world.SendAsync(HttpMethod.Head, "/a");

        Assert.Equal(
            ("\"v1\"", RewritingWorld.Other.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            (head["ETag"], head["Content-Length"]));
    }
}
