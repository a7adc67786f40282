using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>clamd sees what a client will decode; the client gets what upstream sent.</summary>
public sealed class ContentCodingTests
{
    public static TheoryData<string> Codings => ["gzip", "x-gzip", "deflate", "br", "zstd", "gzip, br", "deflate, zstd"];

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task CodedCleanBody_IsDeliveredCodedAndScannedDecoded(string coding)
    {
        var content = RandomBody.Of(150_000);
        await using var world = await StartAsync(coding, content);

        var reply = await world.GetAsync("/file");

        Assert.Equal((200, coding), (reply.Status, reply["Content-Encoding"]));
        Assert.Equal(CodedBody.Of(coding, content), reply.Body);
        Assert.Equal([CodedBody.Of(coding, content), content], world.Clamd.Contents);
        await world.WaitForMetricAsync("clamproxy_spool_memory_usage_bytes", 0);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task InfectionUnderACoding_IsFound(string coding)
    {
        await using var world = await StartAsync(coding, Eicar.Bytes);

        Assert.Equal(409, (await world.GetAsync("/file")).Status);
    }

    [Fact]
    public async Task CodedBodysVerdict_SaysNothingOfTheSameBytesUncoded()
    {
        await using var world = await StartAsync("br", Eicar.Bytes);
        world.Origin.On("/raw", CodedBody.Of("br", Eicar.Bytes));

        var coded = await world.GetAsync("/file", cacheScan: true);
        var raw = await world.GetAsync("/raw", cacheScan: true);
        var again = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal((409, 200, 409), (coded.Status, raw.Status, again.Status));
        Assert.Equal([CodedBody.Of("br", Eicar.Bytes)], world.Clamd.Contents);
    }

    [Fact]
    public async Task InfectionThatOnlyTheCodedBytesHold_IsFound()
    {
        // Clients that keep the bytes as they came (pip, curl -O, wget) would get what hides in the gzip header's comment.
        await using var world = await ProxyWorld.StartAsync();
        var gzip = CodedBody.Of("gzip", "harmless"u8.ToArray());
        gzip[3] |= 16;
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await FakeOrigin.SendAsync(context, [.. gzip[..10], .. "comment with a worm\0"u8, .. gzip[10..]]);
        });
        world.Clamd.OnContent = (connection, content) => connection.ReplyAsync(
            content.AsSpan().IndexOf("with a worm"u8) >= 0 ? "stream: Worm.A FOUND\0" : "stream: OK\0");

        Assert.Equal("Infected Worm.A", (await world.GetAsync("/file")).Reason);
    }

    [Fact]
    public async Task CodingNamedByConnection_StillReachesTheClient()
    {
        var body = CodedBody.Of("gzip", "harmless"u8.ToArray());
        await using var origin = RawOrigin.Saying(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close, content-encoding\r\nContent-Length: "
                + $"{body.Length}\r\n\r\n{Encoding.Latin1.GetString(body)}");
        await using var world = await ProxyWorld.StartAsync();
        using var request = world.Request("/file");
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", origin.Url);

        Assert.Equal("gzip", (await world.SendAsync(request))["Content-Encoding"]);
    }

    [Theory]
    [InlineData("x-zstd")]
    [InlineData("compress")]
    [InlineData("aws-chunked, compress")]
    [InlineData("gzip, gzip, gzip, gzip")]
    public async Task CodingThatCannotBeUndone_IsUnscannable(string coding)
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ContentEncoding = coding;
            await context.Response.Body.WriteAsync(new byte[100]);
        });

        var reply = await world.GetAsync("/file");

        Assert.Equal((409, "Unscannable content-coding"), (reply.Status, reply.Reason));
        Assert.Empty(world.Clamd.Contents);
    }

    [Theory]
    [InlineData("aws-chunked")]
    [InlineData("UTF-8")]
    [InlineData("none")]
    [InlineData("identity, aws-chunked")]
    public async Task CodingThatNobodyDecodes_IsScannedAsItCameAndKept(string coding)
    {
        using var folder = new TempFolder();
        await using var world = await ProxyWorld.StartAsync($"--STORE_PATH={folder.File("store")}");
        var content = RandomBody.Of(1000);
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ContentEncoding = coding;
            await FakeOrigin.SendAsync(context, content);
        });
        world.Origin.On("/bad", async context =>
        {
            context.Response.Headers.ContentEncoding = coding;
            await FakeOrigin.SendAsync(context, Eicar.Bytes);
        });

        var first = await world.GetAsync("/file", cacheScan: true);
        var second = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal((200, coding), (first.Status, first["Content-Encoding"]));
        Assert.All([first, second], reply => Assert.Equal(content, reply.Body));
        Assert.Equal((coding, "ClamProxy; hit; detail=store"), (second["Content-Encoding"], second["Cache-Status"]));
        Assert.Equal([content], world.Clamd.Contents);
        Assert.Equal(409, (await world.GetAsync("/bad", cacheScan: true)).Status);
    }

    [Theory]
    [InlineData("gzip, aws-chunked", "gzip", true)]
    [InlineData("identity, gzip", "gzip", true)]
    [InlineData("identity, gzip", "deflate, gzip", false)]
    [InlineData("aws-chunked, gzip", "deflate, gzip", false)]
    [InlineData("gzip, aws-chunked", "gzip, deflate", false)]
    public async Task UnknownCodingBesideAKnownOne_IsAlsoScannedAsWhatSomeClientsTakeItFor(string said, string done, bool isHonest)
    {
        // urllib3, with which pip and requests decode, takes an unknown coding in a list for deflate.
        var content = isHonest ? RandomBody.Of(1000) : Eicar.Bytes;
        await using var world = await ProxyWorld.StartAsync();
        var body = CodedBody.Of(done, content);
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ContentEncoding = said;
            await FakeOrigin.SendAsync(context, body);
        });
        Assert.Equal(isHonest ? 200 : 409, (await world.GetAsync("/file")).Status);
    }

    [Fact]
    public async Task BodyThatDoesNotDecode_IsUnscannable()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(new byte[100]);
        });

        Assert.Equal("Unscannable content-coding", (await world.GetAsync("/file")).Reason);
    }

    [Fact]
    public async Task DecoderBomb_StopsAtTheSizeLimit()
    {
        await using var world = await StartAsync("gzip", new byte[20_000_000], "--MAX_FILE_SIZE=1M");

        Assert.Equal("Unscannable too-large", (await world.GetAsync("/file")).Reason);
        Assert.Single(world.Clamd.Contents);
    }

    private static async Task<ProxyWorld> StartAsync(string coding, byte[] content, params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(settings);
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ContentEncoding = coding;
            await FakeOrigin.SendAsync(context, CodedBody.Of(coding, content));
        });
        return world;
    }
}
