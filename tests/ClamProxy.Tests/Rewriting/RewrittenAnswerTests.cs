using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Http;

namespace ClamProxy.Tests.Rewriting;

/// <summary>What a client gets where a route has links rewritten.</summary>
public sealed class RewrittenAnswerTests
{
    [Theory]
    [InlineData("text/html; charset=UTF-8")]
    [InlineData("application/vnd.npm.install-v1+json; charset=utf-8")]
    public async Task Text_HasItsLinksRewrittenAndIsScannedAsItCame(string type)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index, type);

        var reply = await world.GetAsync("/a");

        Assert.Equal((200, world.Rewritten, type), (reply.Status, Text(reply), reply["Content-Type"]));
        Assert.Equal(reply.Body.Length.ToString(CultureInfo.InvariantCulture), reply["Content-Length"]);
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(reply.Body))}:", reply["Repr-Digest"]);
        Assert.Equal("clean", reply["Scan-Verdict"]);
        Assert.Null(reply["Accept-Ranges"]);
        Assert.Equal([RewritingWorld.Index], world.ScannedAsItCame);
    }

    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("binary/octet-stream")]
    [InlineData("text/json")]
    [InlineData("application/javascript")]
    [InlineData("application/x-wheel")]
    [InlineData(null)]
    public async Task TextOfAnyType_HasItsLinksRewritten(string? type)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index, type!);

        var reply = await world.GetAsync("/a");

        Assert.Equal((200, world.Rewritten), (reply.Status, Text(reply)));
        Assert.NotEqual("\"v1\"", reply["ETag"]);
        Assert.Null(reply["Accept-Ranges"]);
    }

    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("text/css")]
    public async Task OtherTypesWithoutLinks_AreUntouched(string type)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Other, type);

        var reply = await world.GetAsync("/a");

        Assert.Equal((RewritingWorld.Other, "\"v1\"", "bytes"), (Text(reply), reply["ETag"], reply["Accept-Ranges"]));
    }

    [Fact]
    public async Task ImmutableFile_IsUntouchedWhateverItHolds()
    {
        await using var world = (
            await RewritingWorld.StartAsync("--ClamProxy:Routes:idx:Immutable=/**/*.whl")).On("/b.whl", RewritingWorld.Index, "text/html");

        var reply = await world.GetAsync("/b.whl");

        Assert.Equal((200, RewritingWorld.Index, "\"v1\""), (reply.Status, Text(reply), reply["ETag"]));
    }

    [Fact]
    public async Task BinaryThatHoldsALink_IsRefused()
    {
        await using var world = (await RewritingWorld.StartAsync()).On(
            "/a", "\u0000\u0001" + RewritingWorld.Index, "application/octet-stream");

        var reply = await world.GetAsync("/a");

        Assert.Equal((409, "Links cannot be rewritten"), (reply.Status, reply.Reason));
    }

    [Theory]
    [InlineData("https:/\\/files.example.org/a", "application/json")]
    [InlineData("https://user@files.example.org/a", "application/octet-stream")]
    public async Task SpellingThatIsNotRewritten_IsRefused(string url, string type)
    {
        await using var world = (await RewritingWorld.StartAsync()).On(
            "/a", $"{{\"url\":\"{url.Replace("\\", "\\\\", StringComparison.Ordinal)}\"}}", type);

        var reply = await world.GetAsync("/a");

        Assert.Equal((409, "Links cannot be rewritten"), (reply.Status, reply.Reason));
        Assert.Contains("files.example.org", reply.Problem("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://files.example.org:443/a")]
    [InlineData("//files.example.org:443/a")]
    public async Task ExplicitPortOfTheScheme_IsRewritten(string url)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", $"{{\"url\":\"{url}\"}}", "application/json");

        Assert.Equal($"{{\"url\":\"{world.Base}/files/a\"}}", Text(await world.GetAsync("/a")));
    }

    [Theory]
    [InlineData("Link", "<https://files.example.org/p?2>; rel=next", "<{0}/files/p?2>; rel=next")]
    [InlineData("Link", "<https://files.example.org/a>; rel=duplicate", "<{0}/files/a>; rel=duplicate")]
    [InlineData("Link", "<https://mirror.example.org/a>; rel=duplicate", null)]
    [InlineData("Link", "<https://u@files.example.org/a>; rel=next", null)]
    [InlineData("Content-Location", "https://FILES.example.org:443/a", "{0}/files/a")]
    [InlineData("Content-Location", "https:/files.example.org/a", null)]
    [InlineData("Location", "https://files.example.org/a", "{0}/files/a")]
    [InlineData("Location", "/b", "{0}/idx/b")]
    [InlineData("Location", "b", "b")]
    public async Task LinksOfFields_AreRewrittenOrDropped(string field, string value, string? expected)
    {
        await using var world = await RewritingWorld.StartAsync();
        world.Origin.On("/a", context =>
        {
            context.Response.Headers[field] = value;
            return FakeOrigin.SendAsync(context, "text"u8.ToArray());
        });

        Assert.Equal(expected?.Replace("{0}", world.Base, StringComparison.Ordinal), (await world.GetAsync("/a"))[field]);
        Assert.Equal(expected?.Replace("{0}", world.Base, StringComparison.Ordinal), (await world.SendAsync(HttpMethod.Head, "/a"))[field]);
    }

    [Fact]
    public async Task RouteWithoutRules_IsUntouched()
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index);
        world.Proxy.Origin.On("/a", Encoding.UTF8.GetBytes(RewritingWorld.Index));

        Assert.Equal(RewritingWorld.Index, Text(await world.Proxy.GetAsync("/a")));
    }

    [Fact]
    public async Task InfectedText_IsRefused()
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", Eicar.Bytes, "text/html");

        Assert.Equal(409, (await world.GetAsync("/a")).Status);
    }

    [Fact]
    public async Task UpstreamsErrorPage_IsRewrittenToo()
    {
        await using var world = await RewritingWorld.StartAsync();
        world.Origin.On("/a", async context =>
        {
            context.Response.StatusCode = 404;
            context.Response.ContentType = "text/html";
            await FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(RewritingWorld.Index));
        });

        var reply = await world.GetAsync("/a");

        Assert.Equal((404, world.Rewritten), (reply.Status, Text(reply)));
    }

    [Fact]
    public async Task Range_GetsTheWholeText()
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index);

        var reply = await world.GetAsync("/a", ("Range", "bytes=0-3"));

        Assert.Equal((200, world.Rewritten), (reply.Status, Text(reply)));
        Assert.Null(reply["Content-Range"]);
    }

    [Fact]
    public async Task RangeOfAFileOnTheSameRoute_IsServed()
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Other, "application/x-wheel");

        Assert.Equal(
            (206, 4), (await world.GetAsync("/a", ("Range", "bytes=0-3"))) is var reply ? (reply.Status, reply.Body.Length) : default);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task CodedText_IsDecodedAndRewritten(string coding)
    {
        await using var world = (await RewritingWorld.StartAsync()).On(
            "/a", CodedBody.Of(coding, Encoding.UTF8.GetBytes(RewritingWorld.Index)), "text/html", coding: coding);

        var reply = await world.GetAsync("/a");

        Assert.Equal((200, world.Rewritten), (reply.Status, Text(reply)));
        Assert.Null(reply["Content-Encoding"]);
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(reply.Body))}:", reply["Repr-Digest"]);
    }

    [Theory]
    [InlineData("text/html; charset=utf-16")]
    [InlineData("text/html; charset=\"UTF-16LE\"")]
    [InlineData("text/html; charset=utf_7")]
    [InlineData("text/html; charset=cp037")]
    [InlineData("text/html")]
    public async Task TextOfWideCharacters_IsRefusedLoudly(string type)
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", Encoding.Unicode.GetBytes(RewritingWorld.Index), type);

        var reply = await world.GetAsync("/a");

        Assert.Equal((409, "Links cannot be rewritten"), (reply.Status, reply.Reason));
        Assert.Equal("application/problem+json", reply["Content-Type"]);
        Assert.Null(reply["ETag"]);
    }

    [Fact]
    public async Task SumsOfUpstreamsBytes_AreNotSentWithOthers()
    {
        await using var world = await RewritingWorld.StartAsync();
        world.Origin.On("/a", async context =>
        {
            context.Response.ContentType = "text/html";
            context.Response.Headers.ContentMD5 = "Q2hlY2sgSW50ZWdyaXR5IQ==";
            context.Response.Headers["Content-Digest"] = "sha-256=:AA==:";
            context.Response.Headers["Digest"] = "sha-256=AA==";
            await FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(RewritingWorld.Index));
        });

        var reply = await world.GetAsync("/a");

        Assert.Equal((null, null, null), (reply["Content-MD5"], reply["Content-Digest"], reply["Digest"]));
    }

    [Fact]
    public async Task RewrittenLinks_AreCounted()
    {
        await using var world = (await RewritingWorld.StartAsync()).On("/a", RewritingWorld.Index + RewritingWorld.Index);

        await world.GetAsync("/a");

        await world.Proxy.WaitForMetricAsync("clamproxy_rewriting_answers_total", 1);
        await world.Proxy.WaitForMetricAsync("clamproxy_rewriting_links_total", 2);
    }

    private static string Text(Reply reply) => Encoding.UTF8.GetString(reply.Body);
}
