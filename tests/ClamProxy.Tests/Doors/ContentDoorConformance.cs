using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors;

/// <summary>
/// What holds for every door that takes contents (scan API, ICAP, ext_proc, buckets). A door's own tests inherit it and say how they send
/// and what they got.
/// </summary>
public abstract class ContentDoorConformance
{
    private const int Many = 32;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly DoorAnswer Passed = new DoorAnswer.Passed();

    private readonly byte[] _content = RandomBody.Of(300_000);

    /// <summary>Settings that open the door, such as <c>--DOORS=api</c>.</summary>
    protected virtual string[] DoorSettings => [];

    /// <summary>The reason that is told where a body ends before its length.</summary>
    protected virtual string CutReason => "body-broken";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clean_Passes(bool isAnnounced)
    {
        await using var world = await StartAsync();

        Assert.Equal(Passed, await SendAsync(world, new SentContent(_content) { IsAnnounced = isAnnounced }, CancellationToken.None));
        Assert.Equal(_content, Assert.Single(world.Clamd.Contents));
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task Empty_Passes()
    {
        await using var world = await StartAsync();

        Assert.Equal(Passed, await SendAsync(world, new SentContent([]), CancellationToken.None));
    }

    [Fact]
    public async Task Infected_IsRefused()
    {
        await using var world = await StartAsync();

        Assert.Equal(new DoorAnswer.Refused("infected"), await SendAsync(world, new SentContent(Eicar.Bytes), CancellationToken.None));
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData("stream: Heuristics.Encrypted.Zip FOUND\0", "unscannable")]
    [InlineData("stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0", "unscannable")]
    [InlineData("stream: Can't write to file ERROR\0", "unscannable")]
    [InlineData("stream: OK FOUND\0", "infected")]
    public async Task EncryptedOverALimitOrAnythingElse_IsRefused(string reply, string kind)
    {
        await using var world = await StartAsync();
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(reply);

        Assert.Equal(new DoorAnswer.Refused(kind), await SendAsync(world, new SentContent(_content), CancellationToken.None));
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TooLarge_IsRefusedUnscanned(bool isAnnounced)
    {
        await using var world = await StartAsync("--MAX_FILE_SIZE=100K");

        Assert.Equal(
            new DoorAnswer.Refused("unscannable"),
            await SendAsync(world, new SentContent(_content) { IsAnnounced = isAnnounced }, CancellationToken.None));
        Assert.Empty(world.Clamd.Contents);
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task ScannerDown_NothingPasses()
    {
        await using var world = await StartAsync();
        world.Clamd.Stop();

        Assert.Equal(
            new DoorAnswer.Failed("scanner-unavailable"), await SendAsync(world, new SentContent(_content), CancellationToken.None));
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData("")]
    [InlineData("stream: O")]
    [InlineData("stream: OK")]
    public async Task ScannerCutMidReply_NothingPasses(string reply)
    {
        await using var world = await StartAsync();
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync(reply);

        Assert.Equal(
            new DoorAnswer.Failed("scanner-unavailable"), await SendAsync(world, new SentContent(_content), CancellationToken.None));
    }

    [Fact]
    public async Task ScannerCutMidStream_NothingPasses()
    {
        await using var world = await StartAsync();
        world.Clamd.OnCommand = async (connection, command) =>
        {
            if (command != "zINSTREAM")
            {
                return false;
            }

            await connection.ReadChunkAsync();
            return true;
        };

        Assert.Equal(
            new DoorAnswer.Failed("scanner-unavailable"), await SendAsync(world, new SentContent(_content), CancellationToken.None));
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task VerdictStoreDown_NobodyNotices()
    {
        await using var world = await StartAsync($"--REDIS_URL=redis://127.0.0.1:{FreePort.Next()}");

        Assert.Equal(Passed, await SendAsync(world, new SentContent(_content), CancellationToken.None));
        Assert.Equal(new DoorAnswer.Refused("infected"), await SendAsync(world, new SentContent(Eicar.Bytes), CancellationToken.None));
    }

    [Fact]
    public async Task NoSpoolSpace_NothingPasses()
    {
        await using var world = await StartAsync("--ClamProxy:Spool:DiskTotal=1K", "--ClamProxy:Spool:MemoryTotal=1K");

        Assert.Equal(new DoorAnswer.Failed("spool-full"), await SendAsync(world, new SentContent(_content), CancellationToken.None));
        Assert.Empty(world.Clamd.Contents);
        await LeavesNothingAsync(world);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 200_000)]
    [InlineData(false, 200_000)]
    public async Task BodyCut_NothingIsScannedAndNothingPasses(bool isAnnounced, int after)
    {
        await using var world = await StartAsync();

        var answer = await SendAsync(
            world, new SentContent(_content) { IsAnnounced = isAnnounced, CutAfter = after }, CancellationToken.None);

        Assert.Contains(answer, new DoorAnswer?[] { null, new DoorAnswer.Failed(CutReason) });
        await LeavesNothingAsync(world);
        Assert.Empty(world.Clamd.Contents);
    }

    [Fact]
    public async Task KnownByItsHash_IsNotScannedAgain()
    {
        await using var world = await StartAsync();

        Assert.Equal(Passed, await SendAsync(world, new SentContent(_content), CancellationToken.None));
        Assert.Equal(
            Passed, await SendAsync(world, new SentContent(_content) { Name = "other.bin", IsAnnounced = false }, CancellationToken.None));

        Assert.Single(world.Clamd.Contents);
    }

    [Fact]
    public async Task KnownFromTheProxy_IsNotScannedAgain()
    {
        await using var world = await StartAsync();
        world.Origin.On("/file", Eicar.Bytes);
        Assert.Equal(409, (await world.GetAsync("/file", cacheScan: true)).Status);
        var scans = await world.MetricAsync("clamproxy_gate_verdicts_total");

        Assert.Equal(new DoorAnswer.Refused("infected"), await SendAsync(world, new SentContent(Eicar.Bytes), CancellationToken.None));

        Assert.Equal(scans, await world.MetricAsync("clamproxy_gate_verdicts_total"));
    }

    [Fact]
    public async Task ManyAtOnce_EachGetsItsOwnVerdict()
    {
        // There are fewer scans at once than contents: on a busy machine the last ones wait for longer than the other tests allow.
        await using var world = await StartAsync("--ClamProxy:Clamd:ScanWait=60s");
        var contents = Enumerable.Range(0, Many).Select(
            number => number % 2 == 0 ? RandomBody.Of(10_000 + number) : [.. Eicar.Bytes]).ToList();

        var answers = await Task.WhenAll(
            contents.Select(content => SendAsync(world, new SentContent(content), CancellationToken.None))).WaitAsync(Limit);

        Assert.Equal(Enumerable.Range(0, Many).Select(number => number % 2 == 0 ? Passed : new DoorAnswer.Refused("infected")), answers);
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task SameContentManyTimesAtOnce_IsScannedOnce()
    {
        await using var world = await StartAsync();
        var (scanning, finish) = Hold(world);

        var sending = Enumerable.Range(0, Many).Select(_ => SendAsync(world, new SentContent(_content), CancellationToken.None)).ToList();
        await scanning.WaitAsync(Limit);
        finish();

        Assert.All(await Task.WhenAll(sending).WaitAsync(Limit), answer => Assert.Equal(Passed, answer));
        Assert.Single(world.Clamd.Contents);
        await LeavesNothingAsync(world);
    }

    [Fact]
    public async Task ClientGoneWhileItIsScanned_OthersGetTheVerdictAndNothingIsLeft()
    {
        await using var world = await StartAsync();
        var (scanning, finish) = Hold(world);
        using var leaving = new CancellationTokenSource();
        var gone = SendAsync(world, new SentContent(_content), leaving.Token);
        await scanning.WaitAsync(Limit);
        var other = SendAsync(world, new SentContent(_content), CancellationToken.None);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        finish();

        Assert.Equal(Passed, await other.WaitAsync(Limit));
        Assert.Single(world.Clamd.Contents);
        await LeavesNothingAsync(world);
    }

    private protected Task<ProxyWorld> StartAsync(params string[] settings) =>
        ProxyWorld.StartAsync([.. DoorSettings, "--ClamProxy:Clamd:ScanWait=2s", .. settings]);

    /// <summary>Sends a content through the door, as nobody in particular, and reads what the client gets.</summary>
    /// <param name="world">Where the door is open.</param>
    /// <param name="content">What is sent. Where it is cut, the client closes its connection, or its stream, as its protocol has
    /// it.</param>
    /// <param name="leaving">The client closes its connection; what is returned is cancelled then.</param>
    /// <returns>What the client got; null: its connection was closed without a word, which only a client whose body was cut may
    /// get.</returns>
    private protected abstract Task<DoorAnswer?> SendAsync(ProxyWorld world, SentContent content, CancellationToken leaving);

    private static (Task Scanning, Action Finish) Hold(ProxyWorld world)
    {
        var scanning = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Clamd.OnContent = async (connection, _) =>
        {
            scanning.TrySetResult();
            await finish.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        return (scanning.Task, finish.SetResult);
    }

    private static async Task LeavesNothingAsync(ProxyWorld world)
    {
        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
        await world.WaitForMetricAsync("clamproxy_spool_memory_usage_bytes", 0);
        Assert.Empty(Directory.GetFileSystemEntries(world.SpoolPath));
    }
}
