using System.Security.Cryptography;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

public sealed class RangeTests
{
    private static readonly byte[] Content = RandomBody.Of(300_000);

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=100-299999", 100, 299_900)]
    [InlineData("bytes=-1", 299_999, 1)]
    [InlineData("bytes=299999-", 299_999, 1)]
    public async Task Range_IsServedFromTheScannedFile(string range, int start, int length)
    {
        await using var world = await StartAsync();

        var reply = await world.GetAsync("/file", headers: ("Range", range));

        Assert.Equal(206, reply.Status);
        Assert.Equal($"bytes {start}-{start + length - 1}/300000", reply["Content-Range"]);
        Assert.Equal(Content[start..(start + length)], reply.Body);
        Assert.Equal(Content, Assert.Single(world.Clamd.Contents));
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(Content))}:", reply["Repr-Digest"]);
    }

    [Fact]
    public async Task SeveralRanges_ComeAsMultipart()
    {
        await using var world = await StartAsync();

        var reply = await world.GetAsync("/file", headers: ("Range", "bytes=0-1,10-12"));

        var boundary = reply["Content-Type"]!.Split("boundary=")[1];
        var expected = new List<byte>();
        expected.AddRange(
            Encoding.Latin1.GetBytes($"--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 0-1/300000\r\n\r\n"));
        expected.AddRange(Content[..2]);
        expected.AddRange(
            Encoding.Latin1.GetBytes(
                $"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 10-12/300000\r\n\r\n"));
        expected.AddRange(Content[10..13]);
        expected.AddRange(Encoding.Latin1.GetBytes($"\r\n--{boundary}--\r\n"));
        Assert.Equal(206, reply.Status);
        Assert.Equal(expected, reply.Body);
        Assert.Null(reply["Content-Range"]);
    }

    [Fact]
    public async Task RangeBeyondTheEnd_Is416WithTheLength()
    {
        await using var world = await StartAsync();

        var reply = await world.GetAsync("/file", headers: ("Range", "bytes=300000-"));

        Assert.Equal(416, reply.Status);
        Assert.Equal("bytes */300000", reply["Content-Range"]);
    }

    [Theory]
    [InlineData("\"v1\"", 206)]
    [InlineData("\"v0\"", 200)]
    public async Task IfRange_IsHonoured(string validator, int status)
    {
        await using var world = await StartAsync();

        var reply = await world.GetAsync("/file", headers: [("Range", "bytes=0-9"), ("If-Range", validator)]);

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 206 ? Content[..10] : Content, reply.Body);
    }

    [Fact]
    public async Task RangeOfAnInfectedFile_IsRefusedWholly()
    {
        await using var world = await StartAsync();
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Worm.A FOUND\0");

        Assert.Equal(409, (await world.GetAsync("/file", headers: ("Range", "bytes=0-0"))).Status);
    }

    [Fact]
    public async Task RangeOfAKnownCleanFile_IsServedWithoutAnotherScan()
    {
        await using var world = await StartAsync();
        await world.GetAsync("/file", cacheScan: true);

        var reply = await world.GetAsync("/file", cacheScan: true, ("Range", "bytes=5-6"));

        Assert.Equal(206, reply.Status);
        Assert.Equal(Content[5..7], reply.Body);
        Assert.Single(world.Clamd.Contents);
    }

    private static async Task<ProxyWorld> StartAsync()
    {
        var world = await ProxyWorld.StartAsync();
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ETag = "\"v1\"";
            context.Response.ContentType = "application/octet-stream";
            context.Response.ContentLength = Content.Length;
            await context.Response.Body.WriteAsync(Content);
        });
        return world;
    }
}
