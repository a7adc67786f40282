using System.Text;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>One download and one scan for all who wait for the same answer.</summary>
public sealed class SharingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly byte[] Content = RandomBody.Of(200_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FortyAtOnce_AreOneDownloadAndOneScan(bool cacheScan)
    {
        await using var world = await ProxyWorld.StartAsync();
        var release = new TaskCompletionSource();
        world.Origin.On("/file", context => FakeOrigin.SendAsync(context, Content));
        world.Clamd.OnContent = async (connection, _) =>
        {
            await release.Task;
            await connection.ReplyAsync("stream: OK\0");
        };

        var replies = Enumerable.Range(0, 40).Select(_ => world.GetAsync("/file", cacheScan)).ToList();
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 40);
        release.SetResult();

        foreach (var reply in await Task.WhenAll(replies))
        {
            Assert.Equal(Content, reply.Body);
        }

        Assert.Single(world.Origin.Requests);
        Assert.Single(world.Clamd.Contents);
        Assert.Equal(
            39, replies.Count(reply => reply.GetAwaiter().GetResult()["Cache-Status"]!.EndsWith("; collapsed", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--DELIVERY=hold", null)]
    [InlineData("--PATIENCE_SECONDS=0", "bytes=0-9,20-29")]
    public async Task DownloadBegunAfreshTurnsOutPrivate_IsNotGivenToAnother(string setting, string? rangeOfSecond)
    {
        await using var world = await ProxyWorld.StartAsync(setting, "--HOLD_BACK_BYTES=1K", "--ClamProxy:Gate:TrickleInterval=1ms");
        var release = new TaskCompletionSource();
        var number = 0;
        world.Origin.On("/file", async context =>
        {
            var mine = Interlocked.Increment(ref number);
            context.Response.ContentLength = Content.Length;
            if (mine == 1)
            {
                await context.Response.Body.WriteAsync(Content.AsMemory(0, 2000));
                await release.Task;
                context.Abort();
                return;
            }

            context.Response.Headers.SetCookie = $"session={mine}";
            context.Response.Headers["X-Session"] = $"session={mine}";
            await FakeOrigin.SendAsync(context, Content);
        });

        // One that cannot be trickled to waits as a patient client does.
        (string, string)[] range = rangeOfSecond is null ? [] : [("Range", rangeOfSecond)];
        var first = world.GetAsync("/file", headers: range);
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 1);
        var second = world.GetAsync("/file", headers: range);
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 2);
        release.SetResult();

        var cookies = new[] { (await first)["X-Session"], (await second)["X-Session"] };
        Assert.Equal(["session=2", "session=3"], cookies.Order());
    }

    [Theory]
    [InlineData("Set-Cookie", "session=1")]
    [InlineData("Cache-Control", "private")]
    [InlineData("Cache-Control", "no-store")]
    [InlineData("Vary", "*")]
    [InlineData("Vary", "Via")]
    public async Task AnswerMadeForOne_IsNotGivenToAnother(string name, string value)
    {
        await using var world = await ProxyWorld.StartAsync();
        var arrived = new SemaphoreSlim(0);
        var release = new TaskCompletionSource();
        var number = 0;
        world.Origin.On("/file", async context =>
        {
            var mine = Interlocked.Increment(ref number);
            arrived.Release();
            await release.Task;
            context.Response.Headers[name] = value;
            await context.Response.WriteAsync($"for number {mine}");
        });

        var first = world.GetAsync("/file");
        Assert.True(await arrived.WaitAsync(Limit));
        var second = world.GetAsync("/file");
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 2);
        release.SetResult();

        Assert.Equal("for number 1", Encoding.UTF8.GetString((await first).Body));
        Assert.Equal("for number 2", Encoding.UTF8.GetString((await second).Body));
    }

    [Fact]
    public async Task DifferentCredentialsAtOnce_AreDifferentDownloads()
    {
        await using var world = await ProxyWorld.StartAsync();
        var both = new CountdownEvent(2);
        world.Origin.On("/file", async context =>
        {
            both.Signal();
            await Task.Run(() => both.Wait(Limit));
            await context.Response.WriteAsync($"for {context.Request.Headers["PRIVATE-TOKEN"]}");
        });

        var replies = await Task.WhenAll(
            world.GetAsync("/file", headers: ("PRIVATE-TOKEN", "alice")), world.GetAsync("/file", headers: ("PRIVATE-TOKEN", "bob")));

        Assert.Equal(["for alice", "for bob"], replies.Select(reply => Encoding.UTF8.GetString(reply.Body)));
    }

    [Fact]
    public async Task FirstClientLeaves_TheOtherStillGetsTheFile()
    {
        await using var world = await ProxyWorld.StartAsync();
        var release = new TaskCompletionSource();
        world.Origin.On("/file", async context =>
        {
            await release.Task;
            await FakeOrigin.SendAsync(context, Content);
        });
        using var leaving = new CancellationTokenSource();
        using var request = world.Request("/file");
        var first = world.Client.SendAsync(request, leaving.Token);
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 1);
        var second = world.GetAsync("/file");
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 2);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 1);
        release.SetResult();

        Assert.Equal(Content, (await second).Body);
        Assert.Single(world.Origin.Requests);
    }

    [Fact]
    public async Task EveryClientLeaves_TheDownloadEnds()
    {
        await using var world = await ProxyWorld.StartAsync();
        var (asked, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Origin.On("/file", async context =>
        {
            context.RequestAborted.Register(() => cancelled.TrySetResult());
            asked.TrySetResult();
            await context.Response.Body.WriteAsync(Content);
            await cancelled.Task;
        });
        using var leaving = new CancellationTokenSource();
        using var request = world.Request("/file");
        var only = world.Client.SendAsync(request, leaving.Token);
        await asked.Task.WaitAsync(Limit);
        await world.WaitForMetricAsync("clamproxy_gate_flights", 1);

        await leaving.CancelAsync();

        await cancelled.Task.WaitAsync(Limit);
        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);
        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
    }

    [Fact]
    public async Task MoreFlightsThanAllowed_AreTurnedAwayWithRetryAfter()
    {
        await using var world = await ProxyWorld.StartAsync("--ClamProxy:Gate:MaxFlights=1");
        var release = new TaskCompletionSource();
        world.Origin.On("/a", async context =>
        {
            await release.Task;
            await context.Response.WriteAsync("a");
        });
        var first = world.GetAsync("/a");
        await world.WaitForMetricAsync("clamproxy_gate_flights", 1);

        var second = await world.GetAsync("/b");
        release.SetResult();

        Assert.Equal((503, "5"), (second.Status, second["Retry-After"]));
        Assert.Equal("urn:clamproxy:problem:overloaded", second.Problem("type"));
        Assert.Equal(200, (await first).Status);
    }
}
