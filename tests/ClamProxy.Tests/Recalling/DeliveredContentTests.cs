using System.Net;
using System.Text;
using ClamProxy.Core.Requests;
using ClamProxy.Doors.ExtProc.Wire;
using ClamProxy.TestKit;
using ClamProxy.Tests.Doors.Api;
using ClamProxy.Tests.Doors.ExtProc;
using ClamProxy.Tests.Doors.Icap;
using Kind = ClamProxy.Doors.ExtProc.Wire.ProcessingResponse.ResponseOneofCase;

namespace ClamProxy.Tests.Recalling;

/// <summary>Every way by which a content leaves is in the record.</summary>
public sealed class DeliveredContentTests : IDisposable
{
    private const string Secret = "s3cret-of-a-client";
    private static readonly byte[] Content = RandomBody.Of(60_000);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WholeFile_IsRecordedWithWhoTookIt()
    {
        await using var world = await StartAsync("--TRUSTED_PROXIES=127.0.0.1");
        world.Origin.On("/file", Content);

        await world.GetAsync(
            $"/file?token={Secret}", true, ("X-Real-IP", "192.0.2.7"), ("Authorization", $"Bearer {Secret}"), (RequestId.Field, "abc-1"));

        var row = Assert.Single(await Recalls.RowsAsync(world, Content, 1));
        Assert.Equal("192.0.2.7", row.GetProperty("client").GetString());
        Assert.Equal($"{world.Origin.Url}/file", row.GetProperty("url").GetString());
        Assert.Equal(("proxy", "clean", 60_000), (
            row.GetProperty("door").GetString(), row.GetProperty("verdict").GetString(), row.GetProperty("bytes").GetInt64()));
        Assert.Equal("abc-1", row.GetProperty("requestId").GetString());
        Assert.DoesNotContain(Secret, row.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PartsStoredFilesAndThoseNginxSends_AreRecordedAndNothingElseIs()
    {
        await using var world = await StartAsync($"--STORE_PATH={_folder.File("store")}", "--ACCEL_REDIRECT=/store/");
        world.Origin.On("/file", context =>
        {
            context.Response.Headers.ETag = "\"tag\"";
            return FakeOrigin.SendAsync(context, Content);
        });

        await world.GetAsync("/file", true);
        await world.GetAsync("/file", true, ("Range", "bytes=10-19"));
        await world.GetAsync("/file", true, ("Range", "bytes=0-9,20-29"));
        await world.GetAsync("/file", true, ("X-Sendfile-Type", "X-Accel-Redirect"));
        await world.GetAsync("/file", true, ("If-None-Match", "\"tag\""));
        await world.GetAsync("/file", true, ("Range", "bytes=99999-"));
        using (var head = world.Request("/file", cacheScan: true, HttpMethod.Head))
        {
            await world.SendAsync(head);
        }

        await world.GetAsync("/file", true);

        Assert.Equal(
            $"127.0.0.1 - proxy clean {world.Origin.Url}/file 5 {(3 * 60_000) + 10 + 20}", await Recalls.RowAsync(world, Content, 5));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trickle_IsRecordedWhateverItsVerdict(bool isBad)
    {
        await using var world = await StartAsync(
            "--PATIENCE_SECONDS=0", "--HOLD_BACK_BYTES=1024", "--ClamProxy:Gate:TrickleInterval=1ms", "--DELIVERY=trickle");
        world.Origin.On("/file", Content);
        var verdict = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Clamd.OnContent = async (connection, _) =>
        {
            await verdict.Task;
            await connection.ReplyAsync(isBad ? "stream: Evil FOUND\0" : "stream: OK\0");
        };
        using var request = world.Request("/file");
        using var answer = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await answer.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[100]);
        verdict.SetResult();
        try
        {
            await body.CopyToAsync(Stream.Null);
            Assert.False(isBad);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            Assert.True(isBad);
        }

        var row = Assert.Single(await Recalls.RowsAsync(world, Content, 1));
        Assert.Equal(isBad ? "infected" : "clean", row.GetProperty("verdict").GetString());
        Assert.InRange(row.GetProperty("bytes").GetInt64(), isBad ? 100 : 60_000, isBad ? 59_000 : 60_000);
    }

    [Fact]
    public async Task RewrittenText_IsRecordedByWhatWasScanned()
    {
        var page = Encoding.UTF8.GetBytes("<a href=\"https://files.example/x\">x</a>");
        await using var world = await ProxyWorld.StartAsync(origin =>
        [
            $"--RECORD_PATH={_folder.File("record")}", "--ClamProxy:Routes:r:Path=/r", $"--ClamProxy:Routes:r:Upstream={origin.Url}/",
            "--ClamProxy:Routes:r:Rewrite:0:From=https://files.example/", "--ClamProxy:Routes:r:Rewrite:0:To=/files/",
        ]);
        world.Origin.On("/page", context =>
        {
            context.Response.ContentType = "text/html";
            return FakeOrigin.SendAsync(context, page);
        });

        using var answer = await world.Client.GetAsync(new Uri("/r/page", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("/files/x", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var row = await Recalls.RowAsync(world, page);
        Assert.StartsWith($"127.0.0.1 - proxy clean {world.Origin.Url}/page 1 ", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientThatLeaves_IsRecordedWithWhatWasSent()
    {
        var large = RandomBody.Of(20_000_000);
        await using var world = await StartAsync();
        world.Origin.On("/file", large);
        using (var request = world.Request("/file"))
        using (var answer = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await answer.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[1000]);
        }

        var row = Assert.Single(await Recalls.RowsAsync(world, large, 1));
        Assert.InRange(row.GetProperty("bytes").GetInt64(), 1000, large.Length);
    }

    [Fact]
    public async Task Refusal_IsNoDelivery()
    {
        await using var world = await StartAsync();
        world.Origin.On("/bad", Eicar.Bytes).On("/file", Content);

        Assert.Equal(409, (await world.GetAsync("/bad")).Status);
        await world.GetAsync("/file");

        await Recalls.RowsAsync(world, Content, 1);
        Assert.Empty(await Recalls.RowsAsync(world, Eicar.Bytes, 0));
    }

    [Fact]
    public async Task DownloadFromTheScanApi_IsRecordedBesideTheJobs()
    {
        await using var world = await ApiWorld.StartAsync();
        var id = (await world.ResultAsync(Content)).GetProperty("id").GetString();

        await world.Client.GetByteArrayAsync(new Uri($"/download/{id}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal($"127.0.0.1 - api clean /download/{id} 1 60000", await Recalls.RowAsync(world.Host, Content));
    }

    [Fact]
    public async Task Icap_RecordsWhatPasses()
    {
        await using var world = await StartAsync("--DOORS=proxy,icap");
        const string User = "X-Client-IP: 192.0.2.7\r\nX-Client-Username: eve\r\nAllow: 204\r\n";

        await IcapWire.AskAsync(world, IcapWire.Respmod($"http://u:{Secret}@example.org/file?{Secret}", "hello", User));

        Assert.Equal("192.0.2.7 eve icap clean http://example.org/file 1 5", await Recalls.RowAsync(world, "hello"u8.ToArray()));
    }

    [Fact]
    public async Task ExtProc_RecordsWhatPasses()
    {
        await using var world = await EnvoyWorld.StartAsync($"--RECORD_PATH={_folder.File("record")}");
        using var envoy = world.Open(BodySendMode.Buffered, BodySendMode.Buffered);
        await envoy.SayRequestHeadAsync(EnvoyWorld.Url, isEnd: false, method: "POST");
        await envoy.HearAsync(Kind.RequestHeaders);
        await envoy.SayRequestBodyAsync("sent"u8.ToArray(), isEnd: true);
        await envoy.HearAsync(Kind.RequestBody);
        await envoy.SayResponseHeadAsync();
        await envoy.HearAsync(Kind.ResponseHeaders);
        await envoy.SayResponseBodyAsync(Content, isEnd: true);
        await envoy.HearAsync(Kind.ResponseBody);
        await envoy.CloseAsync();
        await envoy.EndAsync();

        Assert.Equal($"127.0.0.1 - ext-proc clean {EnvoyWorld.Url} 1 60000", await Recalls.RowAsync(world.Host, Content));
        Assert.Equal(
            $"127.0.0.1 - ext-proc-request clean {EnvoyWorld.Url} 1 4", await Recalls.RowAsync(world.Host, "sent"u8.ToArray()));
    }

    private Task<ProxyWorld> StartAsync(params string[] settings) =>
        ProxyWorld.StartAsync([$"--RECORD_PATH={_folder.File("record")}", .. settings]);
}
