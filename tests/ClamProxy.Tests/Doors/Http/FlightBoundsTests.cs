using System.IO.Compression;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What one upstream or one client may take of time, memory and room.</summary>
[Collection(Alone.Name)]
public sealed class FlightBoundsTests
{
    private const string Bounds = "--ClamProxy:Gate:MaxFlights=6";

    [Fact]
    public async Task DrippingUpstream_LeavesRoomForOthers()
    {
        await using var drip = Dripping();
        await using var world = await ProxyWorld.StartAsync(
            Bounds, "--ClamProxy:Download:MaxFlightsPerUpstream=3", "--ALLOWED_UPSTREAMS=127.0.0.1,localhost");
        world.Origin.On("/file", "file"u8.ToArray());
        using var enough = new CancellationTokenSource();
        var slow = Enumerable.Range(0, 3).Select(i => AskAsync(world, $"http://localhost:{drip.Port}", $"/{i}", enough.Token)).ToList();
        await world.WaitForMetricAsync("clamproxy_gate_flights", 3);

        using var fourth = Request(world, $"http://localhost:{drip.Port}", "/4");
        var refused = await world.SendAsync(fourth);
        var other = await world.GetAsync("/file");

        Assert.Equal((503, "Too much work waiting", "5"), (refused.Status, refused.Reason, refused["Retry-After"]));
        Assert.Contains("one upstream", refused.Problem("detail"), StringComparison.Ordinal);
        Assert.Equal("file"u8.ToArray(), other.Body);
        await enough.CancelAsync();
        await Task.WhenAll(slow);
        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);
        Assert.Equal(1, await world.MetricAsync("clamproxy_download_shares_refused_total"));
    }

    [Fact]
    public async Task GreedyClient_LeavesRoomForOthers()
    {
        await using var drip = Dripping();
        await using var world = await ProxyWorld.StartAsync(
            Bounds, "--ClamProxy:Download:MaxFlightsPerClient=3", "--TRUSTED_PROXIES=127.0.0.1/32");
        world.Origin.On("/file", "file"u8.ToArray());
        using var enough = new CancellationTokenSource();
        var slow = Enumerable.Range(0, 3).Select(i => AskAsync(world, drip.Url, $"/{i}", enough.Token)).ToList();
        await world.WaitForMetricAsync("clamproxy_gate_flights", 3);

        using var fourth = Request(world, drip.Url, "/4");
        using var others = Request(world, drip.Url, "/5", client: "192.0.2.7");
        var refused = await world.SendAsync(fourth);
        slow.Add(AskAsync(world, drip.Url, "/5", enough.Token, client: "192.0.2.7"));
        await world.WaitForMetricAsync("clamproxy_gate_flights", 4);
        var other = await world.GetAsync("/file", headers: ("X-Real-IP", "192.0.2.8"));

        Assert.Equal(503, refused.Status);
        Assert.Contains("one client", refused.Problem("detail"), StringComparison.Ordinal);
        Assert.Equal(200, other.Status);
        await enough.CancelAsync();
        await Task.WhenAll(slow);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n", false)]
    public async Task BodyWithoutEnd_IsUnscannableAndLeavesNothing(string head, bool isChunked)
    {
        var piece = Encoding.Latin1.GetBytes(isChunked ? $"10000\r\n{new string('x', 65536)}\r\n" : new string('x', 65536));
        var sent = 0L;
        await using var origin = new RawOrigin(async conversation =>
        {
            await conversation.SayAsync(head);
            for (; sent < 1L << 30; sent += piece.Length)
            {
                await conversation.SayAsync(piece);
            }
        });
        await using var world = await ProxyWorld.StartAsync("--MAX_FILE_SIZE=4M");
        using var request = Request(world, origin.Url, "/x");

        var reply = await world.SendAsync(request);

        Assert.Equal((409, "Unscannable too-large"), (reply.Status, reply.Reason));
        Assert.InRange(sent, 0, 64 << 20);
        Assert.Empty(world.Clamd.Contents);
        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
        Assert.Equal(0, await world.MetricAsync("clamproxy_gate_flights"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("gzip, gzip")]
    public async Task TenGigabytesInAFewBytes_CostLittleTimeMemoryAndDisk(string coding)
    {
        var bomb = Bomb(gibibytes: 10);
        var body = coding == "gzip" ? bomb : Gzip(bomb);
        await using var world = await ProxyWorld.StartAsync("--MAX_FILE_SIZE=16M");
        world.Origin.On("/bomb", async context =>
        {
            context.Response.Headers.ContentEncoding = coding;
            await FakeOrigin.SendAsync(context, body);
        });
        var allocated = GC.GetTotalAllocatedBytes();

        var reply = await world.GetAsync("/bomb");

        Assert.Equal((409, "Unscannable too-large"), (reply.Status, reply.Reason));

        // Not a time, which says how busy the machine is: what came, and what one layer unpacks to within the bound.
        Assert.InRange(world.Clamd.Contents.Sum(content => (long)content.Length), 0, 3 * (16L << 20));

        // The scanner of this test keeps what it is sent; the proxy keeps none of it.
        Assert.InRange(GC.GetTotalAllocatedBytes() - allocated, 0, 256 << 20);
        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
    }

    private static RawOrigin Dripping() => new(async conversation =>
    {
        await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx");
        await conversation.HangAsync();
    });

    private static HttpRequestMessage Request(ProxyWorld world, string from, string path, string? client = null)
    {
        var request = world.Request(path);
        request.Headers.Remove("Download-From");
        request.Headers.Add("Download-From", from);
        if (client is not null)
        {
            request.Headers.Add("X-Real-IP", client);
        }

        return request;
    }

    private static async Task AskAsync(ProxyWorld world, string from, string path, CancellationToken enough, string? client = null)
    {
        using var request = Request(world, from, path, client);
        try
        {
            using var response = await world.Client.SendAsync(request, enough);
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Members of 64 MiB of nothing in a row: a gzip reader takes them as one content.</summary>
    private static byte[] Bomb(int gibibytes)
    {
        var member = Gzip(new byte[64 << 20]);
        return [.. Enumerable.Repeat(member, gibibytes * 16).SelectMany(bytes => bytes)];
    }

    private static byte[] Gzip(byte[] content)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return target.ToArray();
    }
}
