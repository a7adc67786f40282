using System.Net;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>
/// What a client that has bytes of one clean file may have of another clean file behind the same URL: no part, or it could put a file
/// together that nobody scanned.
/// </summary>
public sealed class ComposedPartsTests
{
    private const string ChangedSince = "urn:clamproxy:problem:changed-since-begun";
    private const string Date = "Wed, 21 Oct 2015 07:28:00 GMT";
    private static readonly byte[] One = RandomBody.Of(60_000);
    private static readonly byte[] Other = [.. One.Select((each, at) => at == 5 ? (byte)(each ^ 1) : each)];
    private static readonly (string, string) Nginx = ("X-Sendfile-Type", "X-Accel-Redirect");

    private readonly TaskCompletionSource _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _now = One;

    [Theory]
    [InlineData("bytes=0-29999", "bytes=30000-")]
    [InlineData("bytes=0-0", "bytes=0-")]
    [InlineData("bytes=0-99,200-299", "bytes=30000-30099,30200-30299")]
    [InlineData("bytes=0-99", "bytes=nonsense")]
    [InlineData("bytes=0-99", "bytes=60000-")]
    [InlineData(null, "bytes=30000-")]
    public async Task PartOfAnotherContent_IsRefused(string? first, string then)
    {
        await using var world = await StartAsync();
        (string, string)[] asked = first is null ? [] : [("Range", first)];

        var begun = await world.GetAsync("/file", false, asked);
        _now = Other;
        var refused = await world.GetAsync("/file", false, ("Range", then));
        var again = await world.GetAsync("/file", false, ("Range", then));
        var anew = await world.GetAsync("/file");

        Assert.Equal(first is null ? 200 : 206, begun.Status);
        Assert.All(
            [refused, again],
            reply => Assert.Equal((409, ChangedSince, null), (reply.Status, reply.Problem("type"), reply["Content-Length"])));
        Assert.Equal((200, $"{Other.Length}"), (anew.Status, anew["Content-Length"]));
        Assert.Equal(Other, anew.Body);
        Assert.Equal(2, await world.MetricAsync("clamproxy_unproved_resumes_total"));
    }

    [Fact]
    public async Task PartsOfTheSameContent_AreGiven()
    {
        await using var world = await StartAsync();

        var first = await world.GetAsync("/file", false, ("Range", "bytes=0-29999"));
        var second = await world.GetAsync("/file", false, ("Range", "bytes=30000-"));

        Assert.Equal((206, 206), (first.Status, second.Status));
        Assert.Equal(One, (byte[])[.. first.Body, .. second.Body]);
        Assert.Equal(1, await world.MetricAsync("clamproxy_unproved_given"));
    }

    [Fact]
    public async Task PartOfAFileToWhichSomethingWasAppended_IsGiven()
    {
        await using var world = await StartAsync();
        await world.GetAsync("/file", false, ("Range", "bytes=0-99"));

        _now = [.. One, .. "more"u8];

        Assert.Equal("more"u8.ToArray(), (await world.GetAsync("/file", false, ("Range", "bytes=60000-"))).Body);
        _now = One;
        Assert.Equal(409, (await world.GetAsync("/file", false, ("Range", "bytes=100-"))).Status);
    }

    [Fact]
    public async Task PartsOfTwoContentsAtOnce_AreOfOneOfThem()
    {
        await using var world = await StartAsync();
        var asked = 0;
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, Interlocked.Increment(ref asked) % 2 == 0 ? One : Other));

        var replies = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(at => world.GetAsync("/file", false, ("Range", $"bytes={at}-7"), ("Cookie", $"a={at}"))));

        Assert.All(replies, reply => Assert.True(reply.Status is 206 or 409, $"{reply.Status}"));
        Assert.Single(replies.Where(reply => reply.Status == 206).Select(reply => reply["Repr-Digest"]).Distinct());
    }

    [Fact]
    public async Task IfRangeThatIsNotMet_GetsTheWholeFileWithoutALength()
    {
        await using var world = await StartAsync();
        await world.GetAsync("/file", false, ("Range", "bytes=0-99"));
        _now = Other;

        var met = await world.GetAsync("/file", false, ("Range", "bytes=100-"), ("If-Range", "\"tag\""));
        var unmet = await world.GetAsync("/file", false, ("Range", "bytes=100-"), ("If-Range", "\"another\""));

        Assert.Equal(409, met.Status);
        Assert.Equal((200, null), (unmet.Status, unmet["Content-Length"]));
        Assert.Equal(Other, unmet.Body);
    }

    [Fact]
    public async Task AnotherClient_GetsParts()
    {
        await using var world = await StartAsync("--TRUSTED_PROXIES=127.0.0.1/32");
        await world.GetAsync("/file", false, ("Range", "bytes=0-99"));
        _now = Other;

        var same = await world.GetAsync("/file", false, ("Range", "bytes=100-"));
        var another = await world.GetAsync("/file", false, ("Range", "bytes=100-"), ("X-Real-IP", "192.0.2.1"));

        Assert.Equal((409, 206), (same.Status, another.Status));
    }

    [Fact]
    public async Task StoredContentThatIsAnother_IsNeitherCutNorHandedToNginx()
    {
        using var store = new TempFolder();
        await using var world = await StartAsync($"--STORE_PATH={store.Path}", "--ACCEL_REDIRECT=/.store/");
        await world.GetAsync("/file", false, ("Range", "bytes=0-99"));
        _now = Other;
        await world.GetAsync("/file", cacheScan: true);

        var cut = await world.GetAsync("/file", true, ("Range", "bytes=100-"));
        var handed = await world.GetAsync("/file", true, Nginx, ("Range", "bytes=100-"));

        Assert.Equal((409, 409), (cut.Status, handed.Status));
        Assert.Null(handed["X-Accel-Redirect"]);
    }

    [Theory]
    [InlineData("bytes=0-99")]
    [InlineData(null)]
    public async Task ContentThatNginxSent_IsRemembered(string? range)
    {
        using var store = new TempFolder();
        await using var world = await StartAsync(
            "--TRUSTED_PROXIES=127.0.0.1/32", $"--STORE_PATH={store.Path}", "--ACCEL_REDIRECT=/.store/");
        await world.GetAsync("/file", true, ("X-Real-IP", "192.0.2.1"));
        (string, string)[] asked = range is null ? [Nginx] : [Nginx, ("Range", range)];

        var handed = await world.GetAsync("/file", true, asked);
        _now = Other;

        Assert.NotNull(handed["X-Accel-Redirect"]);
        Assert.Equal(409, (await world.GetAsync("/file", false, ("Range", "bytes=100-"))).Status);
    }

    [Fact]
    public async Task ClientThatLeftAWholeFile_ResumesTheSameOnly()
    {
        _now = RandomBody.Of(8 << 20);
        await using var world = await StartAsync();
        using (var request = world.Request("/file"))
        using (var response = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[100]);
        }

        Assert.Equal(206, (await world.GetAsync("/file", false, ("Range", "bytes=100-199"))).Status);
        _now = [.. _now.Select(each => (byte)(each ^ 1))];
        Assert.Equal(409, (await world.GetAsync("/file", false, ("Range", "bytes=100-199"))).Status);
    }

    [Fact]
    public async Task PartThatWasTrickled_IsRemembered()
    {
        await using var world = await StartTricklingAsync();
        _verdict.SetResult();
        Assert.Equal(206, (await world.GetAsync("/file", false, ("Range", "bytes=0-29999"))).Status);
        _now = Other;
        using var held = world.Request("/file", false, null, ("Range", "bytes=30000-"));
        held.Version = HttpVersion.Version10;

        var refused = await world.SendAsync(held);

        Assert.Equal(409, refused.Status);
    }

    [Fact]
    public async Task TrickledPartThatTurnsOutToBeOfAnotherContent_IsBrokenOff()
    {
        await using var world = await StartTricklingAsync();
        _verdict.SetResult();
        Assert.Equal(206, (await world.GetAsync("/file", false, ("Range", "bytes=0-29999"))).Status);
        _now = Other;
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ScanEndsWith(world, late.Task);
        using var request = world.Request("/file", false, null, ("Range", "bytes=30000-"));

        using var response = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        late.SetResult();

        Assert.Equal(206, (int)response.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData(404)]
    [InlineData(503)]
    public async Task UpstreamsError_StaysWhatItIsButForItsLength(int status)
    {
        await using var world = await StartAsync();
        await world.GetAsync("/file", false, ("Range", "bytes=0-99"));
        world.Origin.On("/file", context =>
        {
            context.Response.StatusCode = status;
            return FakeOrigin.SendAsync(context, "none"u8.ToArray());
        });

        var resumed = await world.GetAsync("/file", false, ("Range", "bytes=100-"));

        Assert.Equal((status, null), (resumed.Status, resumed["Content-Length"]));
    }

    [Fact]
    public async Task HeadAndConditions_CountAsBefore()
    {
        using var store = new TempFolder();
        await using var world = await StartAsync($"--STORE_PATH={store.Path}");
        await world.GetAsync("/file", true, ("Range", "bytes=0-99"));
        using var request = world.Request("/file", true, HttpMethod.Head);

        var head = await world.SendAsync(request);
        var current = await world.GetAsync("/file", true, ("If-None-Match", "\"tag\""));

        Assert.Equal((200, "60000"), (head.Status, head["Content-Length"]));
        Assert.Equal(304, current.Status);
    }

    private static void ScanEndsWith(ProxyWorld world, Task when) => world.Clamd.OnContent = async (connection, _) =>
    {
        if (await Task.WhenAny(when, connection.StallAsync()) == when)
        {
            await connection.ReplyAsync("stream: OK\0");
        }
    };

    private async Task<ProxyWorld> StartAsync(params string[] settings)
    {
        var world = await ProxyWorld.StartAsync(settings);
        world.Origin.On("/file", context =>
        {
            (context.Response.Headers.ETag, context.Response.Headers.LastModified) = ("\"tag\"", Date);
            return FakeOrigin.SendAsync(context, _now);
        });
        return world;
    }

    private async Task<ProxyWorld> StartTricklingAsync()
    {
        var world = await StartAsync(
            "--DELIVERY=trickle", "--PATIENCE_SECONDS=0", "--HOLD_BACK_BYTES=1024", "--ClamProxy:Gate:TrickleInterval=1ms",
            "--ClamProxy:Gate:TrickleBytes=4K");
        ScanEndsWith(world, _verdict.Task);
        return world;
    }
}
