using System.Net;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>What a client may have of a file after a part of it was sent before its verdict, and the transfer broke.</summary>
public sealed class ResumeTests
{
    private const int HoldBack = 1024;
    private const int CutAfter = 20_000;
    private const string ChangedSince = "urn:clamproxy:problem:changed-since-begun";
    private static readonly byte[] Sent = RandomBody.Of(60_000);
    private static readonly byte[] Other = [.. Sent.Select((one, at) => at == 5 ? (byte)(one ^ 1) : one)];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly string[] Impatient =
    [
        "--PATIENCE_SECONDS=0", $"--HOLD_BACK_BYTES={HoldBack}", "--ClamProxy:Gate:TrickleInterval=1ms", "--ClamProxy:Gate:TrickleBytes=4K",
        "--ClamProxy:Gate:DownloadAttempts=1", "--ClamProxy:Unproved:SettleWithin=100ms",
    ];

    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData("bytes=19000-", false)]
    [InlineData("bytes=19000-", true)]
    [InlineData("bytes=19000-19099,19200-19299", false)]
    [InlineData("bytes=-100", false)]
    [InlineData("bytes=0-", false)]
    [InlineData("bytes=60000-", false)]
    [InlineData("bytes=99999-", true)]
    [InlineData("bytes=nonsense", false)]
    [InlineData("lines=1-2", false)]
    public async Task OtherContentAfterABrokenTrickle_IsNotResumed(string range, bool cacheScan)
    {
        await using var world = await BrokenWorldAsync(cacheScan, then: Other);

        var resumed = await world.GetAsync("/file", cacheScan, ("Range", range));
        var again = await world.GetAsync("/file", cacheScan, ("Range", range));
        var anew = await world.GetAsync("/file", cacheScan);

        Assert.All([resumed, again], reply => Assert.Equal((409, ChangedSince), (reply.Status, reply.Problem("type"))));
        Assert.Equal("Changed since it was begun: download it anew", resumed.Reason);
        // An answer as long as what it has is the end of the file to curl -C -.
        Assert.Null(resumed["Content-Length"]);
        Assert.Equal((200, Other.Length), (anew.Status, anew.Body.Length));
    }

    [Fact]
    public async Task SameContentAfterABrokenTrickle_IsResumed()
    {
        await using var world = await BrokenWorldAsync(false, then: Sent);

        var resumed = await world.GetAsync("/file", false, ("Range", "bytes=19000-"));

        Assert.Equal(206, resumed.Status);
        Assert.Equal(Sent[19_000..], resumed.Body);
    }

    [Fact]
    public async Task IfRangeThatIsNotMet_GetsTheWholeFileWithoutALength()
    {
        await using var world = await BrokenWorldAsync(false, then: Other);

        var met = await world.GetAsync("/file", false, ("Range", "bytes=19000-"), ("If-Range", "\"tag\""));
        var unmet = await world.GetAsync("/file", false, ("Range", "bytes=19000-"), ("If-Range", "\"another\""));

        Assert.Equal(409, met.Status);
        Assert.Equal((200, null), (unmet.Status, unmet["Content-Length"]));
        Assert.Equal(Other, unmet.Body);
    }

    [Fact]
    public async Task StoredContentThatIsAnother_IsNeitherResumedNorHandedToNginx()
    {
        using var store = new TempFolder();
        await using var world = await BrokenWorldAsync(true, then: Other, $"--STORE_PATH={store.Path}", "--ACCEL_REDIRECT=/.store/");
        await world.GetAsync("/file", cacheScan: true);
        (string, string) nginx = ("X-Sendfile-Type", "X-Accel-Redirect");

        var whole = await world.GetAsync("/file", true, nginx);
        var resumed = await world.GetAsync("/file", true, nginx, ("Range", "bytes=19000-"));
        var unmet = await world.GetAsync("/file", true, nginx, ("Range", "bytes=19000-"), ("If-Range", "\"another\""));

        Assert.NotNull(whole["X-Accel-Redirect"]);
        Assert.Equal((409, null), (resumed.Status, resumed["X-Accel-Redirect"]));
        Assert.Equal((200, null), (unmet.Status, unmet["X-Accel-Redirect"]));
        Assert.Equal(Other, unmet.Body);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(416)]
    [InlineData(203)]
    public async Task UpstreamsOtherAnswersToAResume_AreNotPassedOn(int status)
    {
        await using var world = await BrokenWorldAsync(false, then: Other);
        world.Origin.On("/file", context =>
        {
            context.Response.StatusCode = status;
            return FakeOrigin.SendAsync(context, Other);
        });

        var resumed = await world.GetAsync("/file", false, ("Range", "bytes=19000-"));

        Assert.Equal((409, ChangedSince), (resumed.Status, resumed.Problem("type")));
    }

    [Theory]
    [InlineData("If-None-Match", "\"tag\"")]
    [InlineData("If-Modified-Since", "Wed, 21 Oct 2026 07:28:00 GMT")]
    public async Task ConditionOnWhatWasSentUnproved_DoesNotConfirmIt(string name, string value)
    {
        await using var world = await BrokenWorldAsync(false, then: Other);
        world.Origin.On("/file", context =>
        {
            if (context.Request.Headers.ContainsKey(name))
            {
                context.Response.StatusCode = 304;
                return Task.CompletedTask;
            }

            return FakeOrigin.SendAsync(context, Other);
        });

        var reply = await world.GetAsync("/file", false, (name, value));

        Assert.Equal(200, reply.Status);
        Assert.Equal(Other, reply.Body);
    }

    [Fact]
    public async Task HeadAfterABrokenTrickle_SaysNothingByWhichAPartLooksWhole()
    {
        await using var world = await BrokenWorldAsync(false, then: Other);
        using var request = world.Request("/file", false, HttpMethod.Head);

        var head = await world.SendAsync(request);

        Assert.Equal(200, head.Status);
        Assert.All(["Content-Length", "ETag", "Last-Modified", "Accept-Ranges"], name => Assert.Null(head[name]));
    }

    [Fact]
    public async Task AnotherClientOfTheSameUrl_MayResume()
    {
        await using var world = await BrokenWorldAsync(false, then: Other, "--TRUSTED_PROXIES=127.0.0.1/32");

        var same = await world.GetAsync("/file", false, ("Range", "bytes=19000-"));
        var another = await world.GetAsync("/file", false, ("Range", "bytes=19000-"), ("X-Real-IP", "192.0.2.1"));

        Assert.Equal((409, 206), (same.Status, another.Status));
    }

    [Fact]
    public async Task TrickleThatEndedWhole_IsNoLongerUnprovedButOfThatContent()
    {
        await using var world = await ProxyWorld.StartAsync(Impatient);
        var bytes = Sent;
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, bytes));
        var verdict = new TaskCompletionSource();
        ScanEndsWith(world, verdict.Task, "stream: OK\0");
        using var request = world.Request("/file");
        using var response = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await world.WaitForMetricAsync("clamproxy_unproved_entries", 1);
        verdict.SetResult();
        await response.Content.ReadAsByteArrayAsync();
        await world.WaitForMetricAsync("clamproxy_unproved_entries", 0);

        using var head = world.Request("/file", false, HttpMethod.Head);
        Assert.Equal($"{Sent.Length}", (await world.SendAsync(head))["Content-Length"]);
        Assert.Equal(206, (await world.GetAsync("/file", false, ("Range", "bytes=19000-"))).Status);
        bytes = Other;
        // Held: a trickle may begin before the verdict, and would be broken off in place of a refusal.
        using var held = world.Request("/file", false, null, ("Range", "bytes=19000-"));
        held.Version = HttpVersion.Version10;
        Assert.Equal(409, (await world.SendAsync(held)).Status);
    }

    [Fact]
    public async Task ClientThatLeftItsTrickle_MayResumeTheSameFileOnly()
    {
        await using var world = await ProxyWorld.StartAsync(Impatient);
        var bytes = Sent;
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, bytes));
        var verdict = new TaskCompletionSource();
        ScanEndsWith(world, verdict.Task, "stream: OK\0");
        using (var request = world.Request("/file"))
        using (var response = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[100]);
        }

        await world.WaitForMetricAsync("clamproxy_gate_waiters", 0);
        verdict.SetResult();
        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);

        Assert.Equal(206, (await world.GetAsync("/file", false, ("Range", "bytes=100-"))).Status);
        bytes = Other;
        Assert.Equal(409, (await world.GetAsync("/file", false, ("Range", "bytes=100-"))).Status);
    }

    [Fact]
    public async Task ClientOverItsBound_IsHeldInsteadOfTrickledTo()
    {
        await using var world = await BrokenWorldAsync(false, then: Other, "--ClamProxy:Unproved:MaxPerClient=1");
        world.Origin.On("/second", Sent);
        var verdict = new TaskCompletionSource();
        ScanEndsWith(world, verdict.Task, "stream: Eicar-Test-Signature FOUND\0");

        var second = world.GetAsync("/second");
        await world.WaitForMetricAsync("clamproxy_unproved_held_total", 1);
        verdict.SetResult();

        Assert.Equal(409, (await second).Status);
    }

    private static void ScanEndsWith(ProxyWorld world, Task when, string reply) => world.Clamd.OnContent = async (connection, _) =>
    {
        if (await Task.WhenAny(when, connection.StallAsync()) == when)
        {
            await connection.ReplyAsync(reply);
        }
    };

    /// <summary>A client has been sent the beginning of one file, its transfer broke, and from now on upstream has another.</summary>
    private async Task<ProxyWorld> BrokenWorldAsync(bool cacheScan, byte[] then, params string[] settings)
    {
        var world = await ProxyWorld.StartAsync([.. Impatient, .. settings]);
        var asked = 0;
        world.Origin.On("/file", async context =>
        {
            context.Response.Headers.ETag = "\"tag\"";
            context.Response.Headers.LastModified = "Wed, 21 Oct 2015 07:28:00 GMT";
            if (Interlocked.Increment(ref asked) > 1)
            {
                await FakeOrigin.SendAsync(context, then);
                return;
            }

            context.Response.ContentLength = Sent.Length;
            await context.Response.Body.WriteAsync(Sent.AsMemory(0, CutAfter));
            await _cut.Task;
            context.Abort();
        });
        using var request = world.Request("/file", cacheScan, null, ("Client-Protocol", "HTTP/1.1"));
        using var response = await world.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[CutAfter - HoldBack]);
        _cut.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null).WaitAsync(Limit));
        return world;
    }
}
