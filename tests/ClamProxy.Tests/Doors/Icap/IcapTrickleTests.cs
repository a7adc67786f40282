using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>ICAP_TRICKLE: a proxy gets the head of an answer and a little of its body before the verdict, and never all of it.</summary>
public sealed class IcapTrickleTests
{
    private const string Url = "http://example.org/file";
    private const string Squids = "Allow: trailers\r\n";
    private const int Length = 20_000;
    private const int HoldBack = 4096;

    private static readonly byte[] s_body = RandomBody.Of(Length);

    [Fact]
    public async Task SlowScan_HeadAndSomeBytesComeBeforeTheVerdictAndTheRestAfterIt()
    {
        await using var world = await StartAsync();
        var verdict = HoldVerdict(world);
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Request(Squids));
        Assert.StartsWith("ICAP/1.0 200 OK\r\n", await wire.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await wire.ReadHeadAsync(), StringComparison.Ordinal);
        byte[] before = [.. await wire.ReadChunkAsync(), .. await wire.ReadChunkAsync()];
        verdict.SetResult("OK");
        byte[] all = [.. before, .. await wire.ReadBodyAsync()];

        Assert.NotEmpty(before);
        Assert.Equal(s_body, all);
        await wire.SayAsync(IcapWire.Respmod(Url, "next", "Allow: 204\r\n"));
        Assert.Equal(204, (await wire.ReadAsync())!.Status);
    }

    [Theory]
    [InlineData("Bad FOUND")]
    [InlineData("Heuristics.Encrypted.Zip FOUND")]
    [InlineData("no answer that anybody knows")]
    public async Task BadVerdict_TearsTheAnswerAndTheEndOfTheBodyWasNeverSent(string reply)
    {
        await using var world = await StartAsync("--ClamProxy:Clamd:ScanWait=1s");
        var verdict = HoldVerdict(world);
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Request(Squids));
        await wire.ReadHeadAsync();
        await wire.ReadHeadAsync();
        var sent = await wire.ReadChunkAsync();
        verdict.SetResult(reply);
        sent = [.. sent, .. await wire.ReadUntilTornAsync()];

        Assert.InRange(sent.Length, 1, Length - HoldBack);
        Assert.Equal(s_body[..sent.Length], sent);
    }

    /// <summary>All but the last bytes may go, if the scan takes long enough; those never do.</summary>
    [Fact]
    public async Task VeryLongScan_TheLastBytesAreHeldBack()
    {
        await using var world = await StartAsync("--ClamProxy:Gate:TrickleInterval=1ms", "--ClamProxy:Gate:TrickleBytes=1M");
        var verdict = HoldVerdict(world);
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Request(Squids));
        await wire.ReadHeadAsync();
        await wire.ReadHeadAsync();
        byte[] sent = [];
        while (sent.Length < Length - HoldBack)
        {
            sent = [.. sent, .. await wire.ReadChunkAsync()];
        }

        Assert.Equal(Length - HoldBack, sent.Length);
        Assert.False(await wire.HasMoreAsync(TimeSpan.FromMilliseconds(100)));
        verdict.SetResult("OK");
        Assert.Equal(s_body[^HoldBack..], await wire.ReadBodyAsync());
    }

    [Fact]
    public async Task BodyThatIsStillComing_IsTrickledAndTornWhereItIsTorn()
    {
        await using var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);
        var request = Request(Squids);

        await wire.SayAsync(request[..^5000]);
        await wire.ReadHeadAsync();
        await wire.ReadHeadAsync();
        var sent = await wire.ReadChunkAsync();
        wire.EndSending();
        sent = [.. sent, .. await wire.ReadUntilTornAsync()];

        Assert.Equal(s_body[..sent.Length], sent);
        Assert.Empty(world.Clamd.Contents);
    }

    /// <summary>A final answer to a preview would keep the rest of the body away.</summary>
    [Fact]
    public async Task Preview_IsAskedForTheRestBeforeTheTrickle()
    {
        await using var world = await StartAsync();
        var verdict = HoldVerdict(world);
        await using var wire = await IcapWire.ConnectAsync(world);
        var (heads, text) = (Request(Squids + "Preview: 8192\r\n"), Encoding.Latin1.GetString(s_body));
        heads = heads[..heads.IndexOf($"{Length:x}\r\n", StringComparison.Ordinal)];

        await wire.SayAsync(heads + IcapWire.Chunk(text[..5000]));
        Assert.False(await wire.HasMoreAsync(TimeSpan.FromMilliseconds(100)));
        await wire.SayAsync(IcapWire.Chunk(text[5000..8192]) + "0\r\n\r\n");
        Assert.Equal("ICAP/1.0 100 Continue\r\n\r\n", await wire.ReadHeadAsync());
        await wire.SayAsync(IcapWire.Chunk(text[8192..]) + "0\r\n\r\n");

        Assert.StartsWith("ICAP/1.0 200 OK\r\n", await wire.ReadHeadAsync(), StringComparison.Ordinal);
        await wire.ReadHeadAsync();
        var sent = await wire.ReadChunkAsync();
        verdict.SetResult("OK");
        byte[] all = [.. sent, .. await wire.ReadBodyAsync()];
        Assert.Equal(s_body, all);
    }

    [Theory]
    [InlineData("an application takes what it reads first for the verdict", "Allow: 204\r\n", "true")]
    [InlineData("a client that says nothing of itself", "", "true")]
    [InlineData("not set", Squids, "false")]
    public async Task Others_GetNothingBeforeTheVerdict(string who, string fields, string setting)
    {
        await using var world = await StartAsync($"--ICAP_TRICKLE={setting}");
        var verdict = HoldVerdict(world);
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Request(fields));
        Assert.False(await wire.HasMoreAsync(TimeSpan.FromMilliseconds(200)), who);
        verdict.SetResult("Bad FOUND");

        Assert.StartsWith("HTTP/1.1 403 ", (await wire.ReadAsync())!.HttpStatus, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerdictWithinThePatience_IsA403Page()
    {
        await using var world = await StartAsync("--PATIENCE_SECONDS=30");
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Bad FOUND\0");

        var answer = await IcapWire.AskAsync(world, Request(Squids));

        Assert.StartsWith("HTTP/1.1 403 ", answer!.HttpStatus, StringComparison.Ordinal);
    }

    /// <summary>The head at once, as without the trickle; bytes of the body after the patience.</summary>
    [Fact]
    public async Task SquidThatHasStopped_GetsTheHeadAtOnce()
    {
        await using var world = await StartAsync("--PATIENCE_SECONDS=30", "--ClamProxy:Icap:StallTimeout=0");
        await using var wire = await IcapWire.ConnectAsync(world);
        var body = Encoding.Latin1.GetString(RandomBody.Of(80_000));
        var request = IcapWire.Respmod(Url, body, Squids);
        var heads = request[..^(IcapWire.Chunk(body).Length + 5)];

        await wire.SayAsync(heads + IcapWire.Chunk(body[..65_535]));
        Assert.StartsWith("ICAP/1.0 200 OK\r\n", await wire.ReadHeadAsync(), StringComparison.Ordinal);
        await wire.ReadHeadAsync();
        Assert.False(await wire.HasMoreAsync(TimeSpan.FromMilliseconds(100)));
        await wire.SayAsync(IcapWire.Chunk(body[65_535..]) + "0\r\n\r\n");

        Assert.Equal(body, Encoding.Latin1.GetString(await wire.ReadBodyAsync()));
    }

    [Fact]
    public async Task ClientThatLeaves_LeavesNothing()
    {
        await using var world = await StartAsync();
        var verdict = HoldVerdict(world);
        await using (var wire = await IcapWire.ConnectAsync(world))
        {
            await wire.SayAsync(Request(Squids));
            await wire.ReadHeadAsync();
        }

        await world.WaitForMetricAsync("clamproxy_icap_connections", 0);
        verdict.SetResult("OK");
        await world.WaitForMetricAsync("clamproxy_spool_disk_usage_bytes", 0);
        await world.WaitForMetricAsync("clamproxy_spool_memory_usage_bytes", 0);
    }

    [Fact]
    public void PartsThatPass_AreNotToBeHadWithIt()
    {
        var (application, problems) = ProxyApplication.Build(
            ["--DOORS=icap", "--ICAP_TRICKLE=true", "--ClamProxy:Messages:PassParts=true", "--CLAMD_HOSTS=tcp://127.0.0.1:1"]);

        Assert.Null(application);
        Assert.Equal(
            ["ClamProxy:Messages:PassParts=True: takes False with ICAP_TRICKLE=true: a client would complete by parts what was torn"],
            problems);
    }

    private static string Request(string fields) => IcapWire.Respmod(Url, Encoding.Latin1.GetString(s_body), fields);

    /// <returns>What clamd answers once it is there.</returns>
    private static TaskCompletionSource<string> HoldVerdict(ProxyWorld world)
    {
        var verdict = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Clamd.OnContent = async (connection, _) =>
            await connection.ReplyAsync($"stream: {await verdict.Task.WaitAsync(TimeSpan.FromSeconds(20))}\0");
        return verdict;
    }

    private static Task<ProxyWorld> StartAsync(params string[] settings) => ProxyWorld.StartAsync(
    [
        "--DOORS=proxy,icap", "--ICAP_TRICKLE=true", "--PATIENCE_SECONDS=0", $"--HOLD_BACK_BYTES={HoldBack}",
        "--ClamProxy:Gate:TrickleInterval=10ms", .. settings,
    ]);
}
