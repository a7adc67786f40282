using ClamProxy.Core.Download;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Fetching;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Fetching;

/// <summary>Answers that may change, are kept, and are asked for again.</summary>
public sealed class RevalidationTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Unchanged_UpstreamIsAskedByItsValidatorsAndTheBytesAreTheStoredOnes()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"", ("Last-Modified", "Fri, 20 Nov 2026 08:00:00 GMT"));

        var first = await rig.AskAsync();
        var second = await rig.AskAsync(headers: ("If-None-Match", "\"the client's\""));

        Assert.Equal((CacheOutcome.Miss, "one"), first.Short);
        Assert.Equal((CacheOutcome.Revalidated, "one"), second.Short);
        Assert.Equal(("\"1\"", "Fri, 20 Nov 2026 08:00:00 GMT"), (rig.LastAsked["If-None-Match"], rig.LastAsked["If-Modified-Since"]));
        Assert.Equal(2, rig.Origin.Requests.Count);
        Assert.Single(rig.Clamd.Contents);
    }

    [Fact]
    public async Task Changed_NewAnswerIsScannedAndTakesTheOldOnesPlace()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        await rig.AskAsync();

        rig.Upstream = GateRig.Tagged("two", "\"2\"");
        var changed = await rig.AskAsync();
        var again = await rig.AskAsync();

        Assert.Equal((CacheOutcome.Stale, "two"), changed.Short);
        Assert.Equal((CacheOutcome.Revalidated, "two"), again.Short);
        Assert.Equal(2, rig.Clamd.Contents.Count);
    }

    [Fact]
    public async Task Fresh_UpstreamIsNotAskedBeforeItsTime()
    {
        await using var rig = await RigAsync();
        rig.Upstream = rig.Dated("one", 200);
        await rig.AskAsync(Hour);

        rig.Clock.Advance(Hour * 0.9);
        var fresh = await rig.AskAsync(Hour);
        Assert.Single(rig.Origin.Requests);
        rig.Clock.Advance(Hour * 0.2);
        var revalidated = await rig.AskAsync(Hour);
        rig.Clock.Advance(Hour * 0.9);
        var freshAgain = await rig.AskAsync(Hour);

        Assert.Equal(
            (CacheOutcome.Stored, CacheOutcome.Revalidated, CacheOutcome.Stored), (fresh.Cache, revalidated.Cache, freshAgain.Cache));
        Assert.InRange(fresh.Age!.Value, Hour * 0.9, Hour);
        Assert.InRange(revalidated.Age!.Value, TimeSpan.Zero, Hour * 0.1);
        Assert.Equal(2, rig.Origin.Requests.Count);
    }

    [Fact]
    public async Task ClockWasSetBack_StoredAnswerIsNotTakenForFresh()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        await rig.AskAsync(Hour);

        rig.Clock.Advance(Hour * -5);

        Assert.Equal(CacheOutcome.Revalidated, (await rig.AskAsync(Hour)).Cache);
    }

    [Fact]
    public async Task ManyAtOnce_ShareOneQuestion()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        await rig.AskAsync();
        var all = new TaskCompletionSource();
        rig.Upstream = async context =>
        {
            await all.Task;
            await GateRig.Tagged("one", "\"1\"")(context);
        };

        var answers = Enumerable.Range(0, 20).Select(n => rig.AskAsync(headers: ("If-None-Match", $"\"{n}\""))).ToList();
        all.SetResult();

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("one", answer.Text));
        Assert.Equal(2, rig.Origin.Requests.Count);
    }

    [Fact]
    public async Task NotModified_HeadIsUpdatedButNotWhatTheBytesAre()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged(
            "one", "\"1\"", ("Content-Type", "text/html"), ("Cache-Control", "max-age=1"), ("Age", "77"), ("X-Old", "stays"));
        await rig.AskAsync(Hour);
        rig.Clock.Advance(Hour);
        rig.Upstream = GateRig.Tagged(
            "one",
            "\"1\"",
            ("Content-Type", "text/plain"),
            ("Content-Encoding", "gzip"),
            ("Cache-Control", "max-age=2"),
            ("X-New", "comes"));

        var updated = await rig.AskAsync(Hour);
        var stored = await rig.AskAsync(Hour);

        Assert.Equal((CacheOutcome.Revalidated, CacheOutcome.Stored), (updated.Cache, stored.Cache));
        Assert.All([updated.Head!, stored.Head!], head => Assert.Equal(
            ("text/plain", null, "max-age=2", null, "stays", "comes"),
            (
                head.First("Content-Type"),
                head.First("Content-Encoding"),
                head.First("Cache-Control"),
                head.First("Age"),
                head.First("X-Old"),
                head.First("X-New"))));
    }

    [Theory]
    [InlineData("ETag", "\"2\"")]
    [InlineData("Last-Modified", "Sat, 21 Nov 2026 08:00:00 GMT")]
    [InlineData("Cache-Control", "private")]
    public async Task NotModifiedThatIsOfAnother_WholeAnswerIsAskedFor(string name, string value)
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"", ("Last-Modified", "Fri, 20 Nov 2026 08:00:00 GMT"));
        await rig.AskAsync();
        rig.Upstream = context =>
        {
            context.Response.Headers[name] = value;
            context.Response.StatusCode = context.Request.Headers.IfNoneMatch.Count > 0 ? 304 : 200;
            return context.Response.StatusCode == 304 ? Task.CompletedTask : FakeOrigin.SendAsync(context, "two"u8.ToArray());
        };

        Assert.Equal("two", (await rig.AskAsync()).Text);
        rig.Upstream = GateRig.Status(503);
        Assert.NotEqual("one", (await rig.AskAsync()).Text);
    }

    [Fact]
    public async Task NotModifiedThatNobodyAskedFor_IsNoAnswer()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Status(304);
        Assert.Equal("UpstreamProtocol", (await rig.AskAsync()).Text);

        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        await rig.AskAsync();
        rig.Upstream = context =>
        {
            context.Response.Headers.ETag = "\"2\"";
            context.Response.StatusCode = 304;
            return Task.CompletedTask;
        };

        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await rig.AskAsync()).Short);
    }

    [Fact]
    public async Task NotModifiedThatNamesFewerFieldsInVary_ConfirmsTheStoredOne()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"", ("Vary", "Accept-Encoding, Accept"));
        await rig.AskAsync(headers: ("Accept", "text/a"));
        rig.Upstream = GateRig.Tagged("one", "\"1\"", ("Vary", "accept-encoding"));

        var confirmed = await rig.AskAsync(headers: ("Accept", "text/a"));
        var other = await rig.AskAsync(headers: ("Accept", "text/b"));

        Assert.Equal((CacheOutcome.Revalidated, "Accept-Encoding, Accept"), (confirmed.Cache, confirmed.Head!.First("Vary")));
        Assert.Equal(CacheOutcome.Miss, other.Cache);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UpstreamFailsAfterANotModifiedThatIsOfAnother_StoredAnswerStandsIn(bool isSilent)
    {
        await using var rig = await RigAsync(isSilent ? TimeSpan.FromMilliseconds(500) : null);
        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        await rig.AskAsync();
        rig.Upstream = async context =>
        {
            context.Response.Headers.ETag = "\"2\"";
            context.Response.StatusCode = context.Request.Headers.IfNoneMatch.Count > 0 ? 304 : 503;
            if (isSilent && context.Response.StatusCode == 503)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        };

        Assert.Equal((CacheOutcome.StaleIfError, "one"), (await rig.AskAsync()).Short);
    }

    [Fact]
    public async Task CookieOfANotModified_GoesToNobody()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        await rig.AskAsync(Hour);
        rig.Clock.Advance(Hour);
        rig.Upstream = GateRig.Tagged("one", "\"1\"", ("Set-Cookie", "a=b"));

        var confirmed = await rig.AskAsync(Hour);
        var fresh = await rig.AskAsync(Hour);

        Assert.Equal((CacheOutcome.Revalidated, CacheOutcome.Stored), (confirmed.Cache, fresh.Cache));
        Assert.All([confirmed, fresh], answer => Assert.Null(answer.Head!.First("Set-Cookie")));
    }

    [Theory]
    [InlineData("Authorization", "Basic eDp5", null, null)]
    [InlineData("Cookie", "a=b", null, null)]
    [InlineData("X-Api-Key", "secret", null, null)]
    [InlineData(null, null, "Cache-Control", "private, max-age=60")]
    [InlineData(null, null, "Cache-Control", "no-store")]
    [InlineData(null, null, "Set-Cookie", "a=b")]
    [InlineData(null, null, "Vary", "Via")]
    [InlineData(null, null, "Content-Encoding", "gzip")]
    public async Task PrivateAnswer_IsNeverKept(string? asked, string? value, string? answered, string? answer)
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"", answered is null ? [] : [(answered, answer!)]);
        (string, string)[] headers = asked is null ? [] : [(asked, value!)];

        await rig.AskAsync(Hour, headers: headers);
        await rig.AskAsync(Hour, headers: headers);

        Assert.Equal(2, rig.Origin.Requests.Count);
        Assert.Empty(Entries());
    }

    [Fact]
    public async Task PrivateRequest_GoesUpstreamWithItsOwnConditions()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"");

        var answer = await rig.AskAsync(headers: [("Authorization", "Basic eDp5"), ("If-None-Match", "\"1\"")]);

        Assert.Equal((CacheOutcome.NotAsked, "not modified"), answer.Short);
    }

    [Fact]
    public async Task KeptAnswerThatMayChange_NeverAnswersForWhatDoesNot()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        await rig.AskAsync(Hour);

        var asked = 0;
        await using var known = await rig.Gate.AnswerHeadAsync(
            new GateRequest(Target.TryCreate(rig.Origin.Url, GateRig.Path, out _)!, [], CacheScan: true),
            () => Task.FromResult<(UpstreamHead?, Failure?)>(
                asked++ == 0 ? default : throw new InvalidOperationException("asked twice")),
            CancellationToken.None);
        await rig.AskAsync(Hour, cacheScan: true);

        Assert.Null(known);
        Assert.Equal(1, asked);
        Assert.Equal(2, rig.Origin.Requests.Count);
        Assert.Equal(2, Entries().Length);
    }

    [Fact]
    public async Task NoStore_EveryRequestGoesUpstreamAsItIs()
    {
        await using var rig = await GateRig.StartAsync("");
        rig.Upstream = GateRig.Tagged("one", "\"1\"");

        var first = await rig.AskAsync(Hour);
        var second = await rig.AskAsync(Hour, headers: ("If-None-Match", "\"1\""));

        Assert.Equal((CacheOutcome.NotAsked, "one"), first.Short);
        Assert.Equal((CacheOutcome.NotAsked, "not modified"), second.Short);
    }

    [Fact]
    public async Task NewerSignatures_FreshAnswerIsScannedAgainBeforeItIsGiven()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        await rig.AskAsync(Hour);

        await rig.RenewSignaturesAsync(27900);
        var rescanned = await rig.AskAsync(Hour);
        var again = await rig.AskAsync(Hour);

        Assert.Equal((CacheOutcome.Stored, "one"), rescanned.Short);
        Assert.Equal((CacheOutcome.Stored, "one"), again.Short);
        Assert.Equal(2, rig.Clamd.Contents.Count);
        Assert.Single(rig.Origin.Requests);
    }

    [Fact]
    public async Task NewerSignaturesFindSomethingInAnUnchangedAnswer_ItIsRefused()
    {
        await using var rig = await RigAsync();
        rig.Upstream = GateRig.Tagged("one", "\"1\"");
        await rig.AskAsync();

        rig.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Bad FOUND\0");
        await rig.RenewSignaturesAsync(27900);

        Assert.Equal("refused: Bad", (await rig.AskAsync()).Text);
        Assert.Equal("refused: Bad", (await rig.AskAsync()).Text);
    }

    private Task<GateRig> RigAsync(TimeSpan? revalidateWithin = null) =>
        GateRig.StartAsync(_folder.File("store"), revalidateWithin: revalidateWithin);

    private string[] Entries() => Directory.GetFiles(_folder.File("store/v1/urls"), "*", SearchOption.AllDirectories);
}
