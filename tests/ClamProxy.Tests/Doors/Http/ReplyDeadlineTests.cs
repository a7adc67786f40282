using System.Net;
using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What a client gets while its file is still being scanned (contract §5).</summary>
public sealed class ReplyDeadlineTests
{
    private const int HoldBack = 1024;
    private const int TrickledAtMost = 60_000 - HoldBack;
    private const string Found = "stream: Eicar-Test-Signature FOUND\0";
    private const string Http2 = "--Kestrel:EndpointDefaults:Protocols=Http2";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly byte[] Content = RandomBody.Of(60_000);
    private static readonly string[] Impatient =
        [
            "--PATIENCE_SECONDS=0",
            $"--HOLD_BACK_BYTES={HoldBack}",
            "--ClamProxy:Gate:TrickleInterval=1ms",
            "--ClamProxy:Gate:TrickleBytes=4K"];

    private readonly TaskCompletionSource<string> _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public enum Transfer
    {
        WithLength = 0,
        Chunked,
        Http2,
        Http2WithoutLength,
    }

    [Theory]
    [CombinatorialTransfers]
    public async Task SlowScan_TrickleComesFirstAndTheRestAfterTheVerdict(Transfer transfer, bool cacheScan)
    {
        await using var world = await SlowWorldAsync(transfer);
        using var response = await AskAsync(world, transfer, cacheScan);
        await using var body = await response.Content.ReadAsStreamAsync();
        var first = await ReadAsync(body, TrickledAtMost);

        _verdict.SetResult("stream: OK\0");
        var rest = await ReadAsync(body, int.MaxValue);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(TrickledAtMost, first.Length);
        Assert.Equal(Content, (byte[])[.. first, .. rest]);
        Assert.False(response.Headers.Contains("Scan-Verdict"));
        Assert.Single(world.Clamd.Contents);
    }

    [Theory]
    [CombinatorialTransfers]
    public async Task BadVerdictAfterTheTrickle_TransferBreaksAndTheRetryIsRefusedAtOnce(Transfer transfer, bool cacheScan)
    {
        await using var world = await SlowWorldAsync(transfer);
        using var response = await AskAsync(world, transfer, cacheScan);
        await using var body = await response.Content.ReadAsStreamAsync();
        var first = await ReadAsync(body, TrickledAtMost);

        _verdict.SetResult(Found);
        var broken = await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(body, int.MaxValue));
        using var resume = Request(world, transfer, cacheScan, ("Range", $"bytes={first.Length}-"), ("If-Range", "\"tag\""));
        using var refused = await world.Client.SendAsync(resume);

        Assert.NotNull(broken);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Single(world.Origin.Requests);
        Assert.Single(world.Clamd.Contents);
    }

    [Theory]
    [InlineData("stream: Can't read file ERROR\0", 409)]
    [InlineData(Found, 409)]
    public async Task RetryOfAnotherClientMeanwhile_IsToldToo(string reply, int status)
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength);
        using var response = await AskAsync(world, Transfer.WithLength, false);
        await using var body = await response.Content.ReadAsStreamAsync();
        await ReadAsync(body, 1);
        var held = world.GetAsync("/file", false, ("Range", "bytes=0-9,20-29"));
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 2);

        _verdict.SetResult(reply);

        Assert.Equal(status, (await held).Status);
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(body, int.MaxValue));
    }

    [Fact]
    public async Task FileNoLongerThanWhatIsHeldBack_NothingIsSentBeforeTheVerdict()
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength);
        world.Origin.On("/file", Content[..HoldBack]);
        var reply = world.GetAsync("/file");

        Assert.Equal(409, await StatusOfInfectedAsync(world, reply));
    }

    [Fact]
    public async Task Hold_NothingIsSentBeforeTheVerdict()
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength, "--DELIVERY=hold");
        var reply = world.GetAsync("/file");

        Assert.Equal(409, await StatusOfInfectedAsync(world, reply));
    }

    [Fact]
    public async Task HoldOfKnownCleanFile_IsDownloadedWholeButNotScannedAgain()
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength, "--DELIVERY=hold");
        _verdict.SetResult("stream: OK\0");

        await world.GetAsync("/file", cacheScan: true);
        var again = await world.GetAsync("/file", cacheScan: true);

        Assert.Equal(Content, again.Body);
        Assert.Contains("url-verdict", again["Cache-Status"], StringComparison.Ordinal);
        Assert.Single(world.Clamd.Contents);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retry_SaysComeBackAndHasTheFileThen(bool cacheScan)
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength, "--DELIVERY=retry");

        var first = await world.GetAsync("/file", cacheScan);
        await ScanHasBegunAsync(world);
        var second = await world.GetAsync("/file", cacheScan);
        _verdict.SetResult("stream: OK\0");
        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);
        var third = await world.GetAsync("/file", cacheScan);

        Assert.Equal((503, 503, 200), (first.Status, second.Status, third.Status));
        Assert.Equal("Still scanning", first.Reason);
        Assert.InRange(int.Parse(first["Retry-After"]!, System.Globalization.CultureInfo.InvariantCulture), 1, 10);
        Assert.Equal(Content, third.Body);
        Assert.Single(world.Clamd.Contents);
    }

    [Fact]
    public async Task RetryOfInfectedFile_IsRefusedThen()
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength, "--DELIVERY=retry");

        var first = await world.GetAsync("/file");
        await ScanHasBegunAsync(world);
        _verdict.SetResult(Found);
        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);

        Assert.Equal((503, 409), (first.Status, (await world.GetAsync("/file")).Status));
        Assert.Single(world.Origin.Requests);
    }

    [Fact]
    public async Task RetryOfAnswerMadeForOne_IsTrickledInsteadForNobodyCouldComeBackToIt()
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength, "--DELIVERY=retry", "--PATIENCE_SECONDS=5");
        world.Origin.On("/file", context => SendPrivatelyAsync(context, Content));

        // That the answer is made for one is known from its head: before the patience is over, on a busy machine too.
        var asking = AskAsync(world, Transfer.WithLength, false);
        await ScanHasBegunAsync(world);
        using var second = await AskAsync(world, Transfer.WithLength, false);
        using var first = await asking;
        _verdict.SetResult("stream: OK\0");

        Assert.Equal(Content, await first.Content.ReadAsByteArrayAsync());
        Assert.Equal(Content, await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(2, world.Origin.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BadVerdictOfAnswerMadeForOne_RetryIsRefusedAtOnceAllTheSame(bool cacheScan)
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength);
        world.Origin.On("/file", context => SendPrivatelyAsync(context, Content));
        using var response = await AskAsync(world, Transfer.WithLength, cacheScan);
        await using var body = await response.Content.ReadAsStreamAsync();
        await ReadAsync(body, 1000);

        _verdict.SetResult(Found);
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(body, int.MaxValue));

        Assert.Equal(409, (await world.GetAsync("/file", cacheScan)).Status);
        Assert.Single(world.Origin.Requests);
    }

    [Theory]
    [InlineData("hold", 409)]
    [InlineData("retry", 503)]
    public async Task DeliveryOfARoute_WinsOverTheOneOfAll(string delivery, int status)
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/file", Content);
        await using var world = await SlowWorldAsync(
            Transfer.WithLength,
            "--ClamProxy:Routes:files:Path=/files",
            $"--ClamProxy:Routes:files:Upstream={origin.Url}",
            $"--ClamProxy:Routes:files:Delivery={delivery}");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/files/file", UriKind.Relative));

        var reply = world.SendAsync(request);
        await ScanHasBegunAsync(world);
        _verdict.SetResult(Found);

        Assert.Equal(status, (await reply).Status);
    }

    [Fact]
    public async Task RangeOfLongPart_IsTrickledToo()
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength);
        using var request = Request(world, Transfer.WithLength, false, ("Range", "bytes=10000-"));
        using var response = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var first = await ReadAsync(body, TrickledAtMost - 10_000);

        _verdict.SetResult("stream: OK\0");

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal("bytes 10000-59999/60000", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(Content[10_000..], (byte[])[.. first, .. await ReadAsync(body, int.MaxValue)]);
    }

    [Theory]
    [InlineData("bytes=0-9,20-29")]
    [InlineData("bytes=0-1023")]
    [InlineData("bytes=60000-")]
    public async Task RangeThatDoesNotSuitATrickle_WaitsForTheVerdict(string range)
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength);
        var reply = world.GetAsync("/file", false, ("Range", range));

        Assert.Equal(409, await StatusOfInfectedAsync(world, reply));
    }

    [Fact]
    public async Task SlowDownload_IsTrickledBeforeItIsWhole()
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength);
        var rest = new TaskCompletionSource();
        world.Origin.On("/file", async context =>
        {
            context.Response.ContentLength = Content.Length;
            await context.Response.Body.WriteAsync(Content.AsMemory(0, 20_000));
            await rest.Task;
            await context.Response.Body.WriteAsync(Content.AsMemory(20_000));
        });
        using var response = await AskAsync(world, Transfer.WithLength, false);
        await using var body = await response.Content.ReadAsStreamAsync();

        var first = await ReadAsync(body, 20_000 - HoldBack);
        rest.SetResult();
        _verdict.SetResult("stream: OK\0");

        Assert.Equal(20_000 - HoldBack, first.Length);
        Assert.Equal(Content, (byte[])[.. first, .. await ReadAsync(body, int.MaxValue)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DownloadBegunAfresh_GoesOnOnlyIfItIsTheSame(bool isSame)
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength);
        var trickled = new TaskCompletionSource();
        var other = (byte[])Content.Clone();
        other[5] ^= 1;
        var requests = 0;
        world.Origin.On("/file", async context =>
        {
            context.Response.ContentType = "application/octet-stream";
            if (Interlocked.Increment(ref requests) == 1)
            {
                context.Response.ContentLength = Content.Length;
                await context.Response.Body.WriteAsync(Content.AsMemory(0, 20_000));
                await trickled.Task;
                context.Abort();
                return;
            }

            await FakeOrigin.SendAsync(context, isSame ? Content : other);
        });
        using var response = await AskAsync(world, Transfer.WithLength, false);
        await using var body = await response.Content.ReadAsStreamAsync();
        var first = await ReadAsync(body, 20_000 - HoldBack);
        trickled.SetResult();
        await ScanHasBegunAsync(world);

        if (isSame)
        {
            var second = await ReadAsync(body, 40_000);
            _verdict.SetResult("stream: OK\0");
            Assert.Equal(Content, (byte[])[.. first, .. second, .. await ReadAsync(body, int.MaxValue)]);
        }
        else
        {
            _verdict.SetResult("stream: OK\0");
            await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(body, int.MaxValue));
        }
    }

    [Fact]
    public async Task TrickledClientLeaves_TheOtherGetsTheFile()
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength);
        var response = await AskAsync(world, Transfer.WithLength, false);
        var other = await AskAsync(world, Transfer.WithLength, false);
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 2);

        response.Dispose();
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 1);
        _verdict.SetResult("stream: OK\0");

        Assert.Equal(Content, await other.Content.ReadAsByteArrayAsync());
        other.Dispose();
    }

    [Fact]
    public async Task ScannerLostAfterTheTrickle_TransferBreaksAndTheRetryIsScanned()
    {
        await using var world = await SlowWorldAsync(Transfer.WithLength);
        using var response = await AskAsync(world, Transfer.WithLength, false);
        await using var body = await response.Content.ReadAsStreamAsync();
        await ReadAsync(body, 1000);

        world.Clamd.Stop();
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(body, int.MaxValue));
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: OK\0");
        world.Clamd.Listen();
        await world.WaitForMetricAsync("clamproxy_clamd_scanner_up", 1);

        Assert.Equal(Content, (await world.GetAsync("/file")).Body);
    }

    [Fact]
    public async Task Http10WithoutLength_WaitsForTheVerdict()
    {
        await using var world = await SlowWorldAsync(Transfer.Chunked);
        using var raw = new System.Net.Sockets.TcpClient("127.0.0.1", world.Client.BaseAddress!.Port);
        await using var stream = raw.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /file HTTP/1.0\r\nDownload-From: {world.Origin.Url}\r\n\r\n"));
        await ScanHasBegunAsync(world);
        _verdict.SetResult(Found);
        using var reader = new StreamReader(stream, Encoding.Latin1);

        Assert.StartsWith("HTTP/1.1 409 ", await reader.ReadLineAsync().WaitAsync(Limit), StringComparison.Ordinal);
    }

    private async Task<ProxyWorld> SlowWorldAsync(Transfer transfer, params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(
            [.. Impatient, .. transfer is Transfer.Http2 or Transfer.Http2WithoutLength ? [Http2] : Array.Empty<string>(), .. settings]);
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.ETag = "\"tag\"";
            return transfer is Transfer.WithLength or Transfer.Http2
                ? FakeOrigin.SendAsync(context, Content)
                : context.Response.Body.WriteAsync(Content).AsTask();
        });
        world.Clamd.OnContent = async (connection, _) =>
        {
            await Task.WhenAny(_verdict.Task, connection.StallAsync());
            if (_verdict.Task.IsCompletedSuccessfully)
            {
                await connection.ReplyAsync(await _verdict.Task);
            }
        };
        return world;
    }

    private static HttpRequestMessage Request(
        ProxyWorld world, Transfer transfer, bool cacheScan, params (string Name, string Value)[] headers)
    {
        var request = world.Request("/file", cacheScan, null, headers);
        request.Version = transfer is Transfer.Http2 or Transfer.Http2WithoutLength ? HttpVersion.Version20 : HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return request;
    }

    private static async Task<HttpResponseMessage> AskAsync(ProxyWorld world, Transfer transfer, bool cacheScan)
    {
        using var request = Request(world, transfer, cacheScan);
        return await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static Task SendPrivatelyAsync(HttpContext context, byte[] content)
    {
        context.Response.Headers.CacheControl = "private";
        return FakeOrigin.SendAsync(context, content);
    }

    /// <summary>The status of a reply that is still awaited when the scan has begun, once the scan finds something.</summary>
    private async Task<int> StatusOfInfectedAsync(ProxyWorld world, Task<Reply> reply)
    {
        await ScanHasBegunAsync(world);
        _verdict.SetResult(Found);
        return (await reply).Status;
    }

    private static Task ScanHasBegunAsync(ProxyWorld world) => world.WaitForMetricAsync("clamproxy_clamd_scans_active", 1);

    /// <summary>Reads so many bytes, or to the end.</summary>
    private static async Task<byte[]> ReadAsync(Stream body, int bytes)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var read = new MemoryStream();
        var buffer = new byte[4096];
        while (read.Length < bytes
            && await body.ReadAsync(
                buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes - read.Length)), limit.Token) is > 0 and var count)
        {
            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }

    private sealed class CombinatorialTransfersAttribute : Xunit.v3.DataAttribute
    {
        public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
            System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker) =>
            ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
                [
                    .. from transfer in Enum.GetValues<Transfer>()
                       from cacheScan in new[] { false, true }
                       select new TheoryDataRow(transfer, cacheScan),
                ]);

        public override bool SupportsDiscoveryEnumeration() => true;
    }
}
