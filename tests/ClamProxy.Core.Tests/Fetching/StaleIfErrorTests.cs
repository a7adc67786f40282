using System.Text;
using ClamProxy.Core.Fetching;
using ClamProxy.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Fetching;

/// <summary>Stored answers stand in for an upstream that fails, and for nothing else.</summary>
public sealed class StaleIfErrorTests : IDisposable
{
    private const int OutageBegan = 5020;
    private const int OutageEnded = 5021;
    private const string Other = "/simple/b/";

    /// <summary>Nobody may listen there but the one service it is reserved for (tcpmux).</summary>
    private const int Gone = 1;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("aborts")]
    [InlineData("hangs")]
    [InlineData("truncates")]
    [InlineData("stalls")]
    [InlineData("408")]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("503")]
    [InlineData("talks nonsense")]
    public async Task UpstreamFails_StoredAnswerStandsInForAsLongAsItMay(string how)
    {
        var isSilent = how is "hangs" or "stalls";
        await using var rig = await StoredRigAsync(isSilent ? TimeSpan.FromMilliseconds(500) : null);
        using var end = new CancellationTokenSource();
        rig.Upstream = Failing(how, end.Token);

        rig.Clock.Advance(Week * 0.9);
        var old = await rig.AskAsync();
        rig.Clock.Advance(Week * 0.2);
        var over = isSilent ? null : await rig.AskAsync();
        await end.CancelAsync();

        Assert.Equal((CacheOutcome.StaleIfError, "one"), old.Short);
        Assert.InRange(old.Age!.Value, Week * 0.9, Week);
        Assert.NotEqual("one", over?.Text);
        Assert.Equal(1, Told(rig, OutageBegan));
    }

    [Fact]
    public async Task NothingMayStandIn_FailureIsTheAnswer()
    {
        await using var rig = await StoredRigAsync();
        rig.Upstream = Failing("aborts", default);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("UpstreamUnreachable", (await rig.AskAsync(staleIfError: TimeSpan.Zero)).Text);
        Assert.Equal(0, Told(rig, OutageBegan));
    }

    [Fact]
    public async Task RestartWhileUpstreamIsGone_StoredAnswerStandsIn()
    {
        var origin = await FakeOrigin.StartAsync(port: FreePort.Next());
        await using (var rig = await GateRig.StartAsync(Store, origin))
        {
            rig.Upstream = GateRig.Tagged("one", "\"1\"");
            await rig.AskAsync();
        }

        await using var after = await GateRig.StartAsync(Store, origin);

        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await after.AskAsync()).Short);
    }

    [Fact]
    public async Task RestartWhileUpstreamIsGone_EachStoredVariantStandsIn()
    {
        var origin = await FakeOrigin.StartAsync(port: FreePort.Next());
        await using (var rig = await GateRig.StartAsync(Store, origin))
        {
            rig.Upstream = GateRig.Tagged("one", "\"1\"", ("Vary", "Accept"));
            await rig.AskAsync(headers: ("Accept", "text/a"));
            rig.Upstream = GateRig.Tagged("two", "\"2\"", ("Vary", "Accept"));
            await rig.AskAsync(headers: ("Accept", "text/b"));
        }

        await using var after = await GateRig.StartAsync(Store, origin);

        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await after.AskAsync(headers: ("Accept", "text/a"))).Short);
        Assert.Equal((CacheOutcome.StaleIfError, "two"), (await after.AskAsync(headers: ("Accept", "text/b"))).Short);
        Assert.Equal("UpstreamUnreachable", (await after.AskAsync(headers: ("Accept", "text/c"))).Text);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(403)]
    [InlineData(401)]
    public async Task UpstreamHasItNoMore_ItsAnswerStandsAndTheOldOneLeaves(int status)
    {
        Assert.Equal("UpstreamUnreachable", (await AskedAfterAsync(status)).Text);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(405)]
    [InlineData(431)]
    public async Task UpstreamDislikesOneRequest_TheOldOneStaysForTheOthers(int status)
    {
        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await AskedAfterAsync(status)).Short);
    }

    [Fact]
    public async Task NewAnswerIsInfected_ItIsRefusedAndTheOldOneLeaves()
    {
        await using var rig = await StoredRigAsync();
        rig.Upstream = GateRig.Tagged(Encoding.ASCII.GetString(Eicar.Bytes), "\"2\"");

        Assert.StartsWith("refused: ", (await rig.AskAsync()).Text, StringComparison.Ordinal);
        rig.Upstream = Failing("aborts", default);

        Assert.StartsWith("refused: ", (await rig.AskAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NewAnswerIsPrivate_TheOldOneLeaves()
    {
        await using var rig = await StoredRigAsync();
        rig.Upstream = GateRig.Tagged("two", "\"2\"", ("Cache-Control", "private"));

        Assert.Equal("two", (await rig.AskAsync()).Text);
        rig.Upstream = Failing("aborts", default);

        Assert.Equal("UpstreamUnreachable", (await rig.AskAsync()).Text);
    }

    [Fact]
    public async Task NoScannerForANewAnswer_OldOneDoesNotHideIt()
    {
        await using var rig = await StoredRigAsync();
        rig.Upstream = GateRig.Tagged("two", "\"2\"");
        rig.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Can't create temporary file ERROR\0");

        Assert.StartsWith("refused: ", (await rig.AskAsync()).Text, StringComparison.Ordinal);
        rig.Upstream = Failing("aborts", default);

        Assert.Equal("one", (await rig.AskAsync()).Text);
    }

    [Fact]
    public async Task NewerSignaturesDuringTheOutage_StoredAnswerIsScannedAgain()
    {
        await using var rig = await StoredRigAsync();
        rig.Upstream = Failing("aborts", default);
        await rig.RenewSignaturesAsync(27900);
        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await rig.AskAsync()).Short);
        Assert.Equal(2, rig.Clamd.Contents.Count);

        rig.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Bad FOUND\0");
        await rig.RenewSignaturesAsync(27901);

        Assert.Equal("refused: Bad", (await rig.AskAsync()).Text);
        Assert.Equal("refused: Bad", (await rig.AskAsync()).Text);
    }

    [Fact]
    public async Task UpstreamHangs_ItIsLeftAloneBetweenTwoTriesAndToldOfOnce()
    {
        // Shorter than the scanner may be silent, whose probe may be under way when the clock moves on.
        var within = TimeSpan.FromSeconds(5);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var rig = await StoredRigAsync(within, time);
        using var end = new CancellationTokenSource();
        using var asked = new SemaphoreSlim(0);
        rig.Upstream = context =>
        {
            asked.Release();
            return HangAsync(context, end.Token);
        };

        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await TryAsync()).Short);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal((CacheOutcome.StaleIfError, "one"), (await rig.AskAsync()).Short);
        }

        Assert.Equal(2, rig.Origin.Requests.Count);
        time.Advance(TimeSpan.FromSeconds(11));
        await TryAsync();
        Assert.Equal((3, 1, 0), (rig.Origin.Requests.Count, Told(rig, OutageBegan), Told(rig, OutageEnded)));

        await end.CancelAsync();
        rig.Upstream = GateRig.Tagged("two", "\"2\"");
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("two", (await rig.AskAsync()).Text);
        Assert.Equal(1, Told(rig, OutageEnded));

        async Task<GateAnswer> TryAsync()
        {
            var answer = rig.AskAsync();
            Assert.True(await asked.WaitAsync(Limit, TestContext.Current.CancellationToken));
            time.Advance(within);
            return await answer;
        }
    }

    [Fact]
    public async Task AddressLeadsToAServerThatIsGone_OthersOfItsUpstreamAreAskedFor()
    {
        await using var rig = await StoredRigAsync();
        rig.Origin.On(Other, GateRig.Tagged("two", "\"2\""));
        await rig.AskAsync(path: Other);
        rig.Upstream = context =>
        {
            context.Response.Redirect($"http://127.0.0.1:{Gone}/");
            return Task.CompletedTask;
        };
        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await rig.AskAsync()).Short);
        var asked = rig.Origin.Requests.Count;

        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await rig.AskAsync()).Short);
        Assert.Equal(asked, rig.Origin.Requests.Count);
        Assert.Equal((CacheOutcome.Revalidated, "two"), (await rig.AskAsync(path: Other)).Short);
    }

    [Fact]
    public async Task UpstreamClosesForOneRequest_OthersOfItsUpstreamAreAskedFor()
    {
        // A request's own fields may be why: only where no connection was had, nothing of it can.
        await using var rig = await StoredRigAsync();
        rig.Origin.On(Other, GateRig.Tagged("two", "\"2\""));
        await rig.AskAsync(path: Other);
        rig.Upstream = Abort;

        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await rig.AskAsync()).Short);
        Assert.Equal((CacheOutcome.Revalidated, "two"), (await rig.AskAsync(path: Other)).Short);
    }

    [Fact]
    public async Task UpstreamClosesForOneQuery_TheSamePathIsAskedForWithAnother()
    {
        await using var rig = await StoredRigAsync();
        rig.Upstream = context =>
            context.Request.QueryString.HasValue && context.Request.Headers.IfNoneMatch.Count > 0
                ? Abort(context)
                : GateRig.Tagged("one", "\"1\"")(context);
        await rig.AskAsync(path: $"{GateRig.Path}?x");

        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await rig.AskAsync(path: $"{GateRig.Path}?x")).Short);
        Assert.Equal((CacheOutcome.Revalidated, "one"), (await rig.AskAsync()).Short);
    }

    [Fact]
    public async Task UpstreamIsGone_AllOfItRests()
    {
        var origin = await FakeOrigin.StartAsync(port: FreePort.Next());
        await using var rig = await GateRig.StartAsync(Store, origin);
        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        origin.On(Other, GateRig.Tagged("two", "\"2\""));
        await rig.AskAsync();
        await rig.AskAsync(path: Other);
        await origin.DisposeAsync();

        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await rig.AskAsync()).Short);
        Assert.Equal((CacheOutcome.StaleIfError, "two"), (await rig.AskAsync(path: Other)).Short);
        Assert.Equal(1, Told(rig, OutageBegan));
    }

    private string Store => _folder.File("store");

    private static int Told(GateRig rig, int eventId) => rig.Log.Collector.GetSnapshot().Count(line => line.Id.Id == eventId);

    private static RequestDelegate Failing(string how, CancellationToken end) => how switch
    {
        "aborts" => Abort,
        "hangs" => context => HangAsync(context, end),
        "stalls" => context => StallAsync(context, end),
        "truncates" => TruncateAsync,
        "talks nonsense" => GateRig.Status(StatusCodes.Status206PartialContent),
        _ => GateRig.Status(int.Parse(how, System.Globalization.CultureInfo.InvariantCulture)),
    };

    private static Task Abort(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static async Task HangAsync(HttpContext context, CancellationToken end)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end, context.RequestAborted);
        await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task StallAsync(HttpContext context, CancellationToken end)
    {
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync("part"u8.ToArray(), end);
        await HangAsync(context, end);
    }

    private static async Task TruncateAsync(HttpContext context)
    {
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync("part"u8.ToArray());
        context.Abort();
    }

    /// <summary>What is answered while upstream fails, after it answered so.</summary>
    private async Task<GateAnswer> AskedAfterAsync(int status)
    {
        await using var rig = await StoredRigAsync();
        rig.Upstream = GateRig.Status(status);
        Assert.Equal(status, (await rig.AskAsync()).Head!.Status);
        rig.Upstream = Failing("aborts", default);
        return await rig.AskAsync();
    }

    /// <summary>A gate that has "one" in its store.</summary>
    private async Task<GateRig> StoredRigAsync(TimeSpan? revalidateWithin = null, TimeProvider? time = null)
    {
        var rig = await GateRig.StartAsync(Store, revalidateWithin: revalidateWithin, time: time);
        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        Assert.Equal("one", (await rig.AskAsync()).Text);
        return rig;
    }
}
