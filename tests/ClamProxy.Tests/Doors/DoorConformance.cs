using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors;

/// <summary>What holds for every door. A door's own tests inherit it and say how they ask and what they got.</summary>
public abstract class DoorConformance
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly byte[] Content = RandomBody.Of(300_000);

    [Fact]
    public async Task Clean_IsDeliveredWhole()
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", Content);

        Assert.Equal(new DoorAnswer.Delivered(Content), await AskAsync(world, "/file", CancellationToken.None));
    }

    [Fact]
    public async Task Infected_IsRefused()
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", Eicar.Bytes);

        Assert.Equal(new DoorAnswer.Refused("infected"), await AskAsync(world, "/file", CancellationToken.None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TooLarge_IsRefusedAsUnscannable(bool isAnnounced)
    {
        await using var world = await StartAsync("--MAX_FILE_SIZE=100K");
        world.Origin.On("/file", async context =>
        {
            context.Response.ContentLength = isAnnounced ? Content.Length : null;
            await context.Response.Body.WriteAsync(Content);
        });

        Assert.Equal(new DoorAnswer.Refused("unscannable"), await AskAsync(world, "/file", CancellationToken.None));
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task ScannerDown_NothingIsDelivered()
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", Content);
        world.Clamd.Stop();

        Assert.Equal(new DoorAnswer.Failed("scanner-unavailable"), await AskAsync(world, "/file", CancellationToken.None));
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData("")]
    [InlineData("stream: ")]
    [InlineData("stream: O")]
    [InlineData("stream: OK")]
    public async Task ScannerCutMidReply_NothingIsDelivered(string reply)
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", Content);
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(reply);

        Assert.Equal(new DoorAnswer.Failed("scanner-unavailable"), await AskAsync(world, "/file", CancellationToken.None));
    }

    [Theory]
    [InlineData("stream: Can't write to file ERROR\0", "unscannable")]
    [InlineData("stream: OK FOUND\0", "infected")]
    [InlineData("stream: Worm: OK FOUND\0", "infected")]
    public async Task ScannerSaysAnythingElse_IsNotClean(string reply, string kind)
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", Content);
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(reply);

        Assert.Equal(new DoorAnswer.Refused(kind), await AskAsync(world, "/file", CancellationToken.None));
    }

    [Fact]
    public async Task UpstreamCutMidBody_NothingIsDelivered()
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", async context =>
        {
            context.Response.ContentLength = Content.Length;
            await context.Response.Body.WriteAsync(Content.AsMemory(0, 200_000));
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        Assert.Equal(new DoorAnswer.Failed("upstream-truncated"), await AskAsync(world, "/file", CancellationToken.None));
        Assert.Equal(2, world.Origin.Requests.Count);
        Assert.Empty(world.Clamd.Contents);
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task UpstreamCutOnce_TheSecondDownloadIsDelivered()
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", async context =>
        {
            if (world.Origin.Requests.Count == 1)
            {
                context.Response.ContentLength = Content.Length;
                await context.Response.Body.WriteAsync(Content.AsMemory(0, 200_000));
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            }

            await FakeOrigin.SendAsync(context, Content);
        });

        Assert.Equal(new DoorAnswer.Delivered(Content), await AskAsync(world, "/file", CancellationToken.None));
    }

    [Fact]
    public async Task StoreDown_NobodyNotices()
    {
        await using var world = await StartAsync($"--REDIS_URL=redis://127.0.0.1:{FreePort.Next()}");
        world.Origin.On("/file", Content).On("/bad", Eicar.Bytes);

        Assert.Equal(new DoorAnswer.Delivered(Content), await AskAsync(world, "/file", CancellationToken.None));
        Assert.Equal(new DoorAnswer.Refused("infected"), await AskAsync(world, "/bad", CancellationToken.None));
    }

    [Fact]
    public async Task NoSpoolSpace_SaysSoAndLeavesNothing()
    {
        await using var world = await StartAsync("--ClamProxy:Spool:DiskTotal=1K", "--ClamProxy:Spool:MemoryTotal=1K");
        world.Origin.On("/file", Content);

        Assert.Equal(new DoorAnswer.Failed("spool-full"), await AskAsync(world, "/file", CancellationToken.None));
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task ForbiddenUpstream_IsNotAsked()
    {
        await using var world = await StartAsync("--ALLOWED_UPSTREAMS=files.pythonhosted.org");

        Assert.Equal(new DoorAnswer.Failed("upstream-forbidden"), await AskAsync(world, "/file", CancellationToken.None));
        Assert.Empty(world.Origin.Requests);
    }

    [Fact]
    public async Task ClientGoneWhileItIsScanned_TheVerdictIsKeptAndNothingElse()
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", Content);
        var scanning = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        world.Clamd.OnContent = async (connection, _) =>
        {
            scanning.TrySetResult();
            await finish.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        using var leaving = new CancellationTokenSource();
        var asking = AskAsync(world, "/file", leaving.Token);
        await scanning.Task.WaitAsync(Limit);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await world.WaitForMetricAsync("clamproxy_gate_waiters", 0);
        finish.SetResult();
        await LeavesNothingAsync(world);
        Assert.Equal(1, await world.MetricAsync("clamproxy_gate_verdicts_total"));
    }

    /// <summary>Settings of the process that the door is in.</summary>
    protected virtual string[] DoorSettings => [];

    private protected Task<ProxyWorld> StartAsync(params string[] settings) =>
        ProxyWorld.StartAsync(["--ClamProxy:Download:Retries=0", "--ClamProxy:Clamd:ScanWait=2s", .. DoorSettings, .. settings]);

    /// <summary>Asks through the door for a path of the upstream.</summary>
    private protected abstract Task<DoorAnswer> AskAsync(ProxyWorld world, string path, CancellationToken leaving);

    private static async Task LeavesNothingAsync(ProxyWorld world)
    {
        await world.WaitForMetricAsync("clamproxy_gate_flights", 0);
        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
        await world.WaitForMetricAsync("clamproxy_spool_memory_usage_bytes", 0);
        Assert.Empty(Directory.GetFileSystemEntries(world.SpoolPath));
    }
}
