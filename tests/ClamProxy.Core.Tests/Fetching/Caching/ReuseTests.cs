using ClamProxy.Core.Fetching;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Fetching.Caching;

/// <summary>RFC 9111 for answers that may change, where the operator sets no times: by upstream's word and the client's.</summary>
public sealed class ReuseTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly TempFolder _store = new();

    [Fact]
    public async Task MaxAge_IsServedUntilItIsOver()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=90"));
        Assert.Equal(CacheOutcome.Miss, (await rig.AskByUpstreamAsync()).Cache);
        rig.Clock.Advance(Minute);
        Assert.Equal(CacheOutcome.Stored, (await rig.AskByUpstreamAsync()).Cache);
        rig.Clock.Advance(Minute);
        Assert.Equal(CacheOutcome.Revalidated, (await rig.AskByUpstreamAsync()).Cache);
        Assert.Equal(CacheOutcome.Stored, (await rig.AskByUpstreamAsync()).Cache);
        Assert.Equal(2, rig.Origin.Requests.Count);
    }

    [Theory]
    [InlineData("no-cache")]
    [InlineData("max-age=60, no-cache=\"Set-Cookie\"")]
    [InlineData("max-age=0")]
    public async Task WhatIsNeverFresh_IsAskedAboutEachTime(string control)
    {
        await using var rig = await RigAsync(("Cache-Control", control));
        await rig.AskByUpstreamAsync();
        Assert.Equal(CacheOutcome.Revalidated, (await rig.AskByUpstreamAsync()).Cache);
    }

    [Theory]
    [InlineData("no-cache", CacheOutcome.Revalidated)]
    [InlineData("max-age=30", CacheOutcome.Revalidated)]
    [InlineData("max-age=60", CacheOutcome.Stored)]
    [InlineData("min-fresh=60", CacheOutcome.Revalidated)]
    [InlineData("min-fresh=20", CacheOutcome.Stored)]
    [InlineData("only-if-cached", CacheOutcome.Stored)]
    public async Task Client_MayAskForAFresherOne(string directives, CacheOutcome expected)
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=90"));
        await rig.AskByUpstreamAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(expected, (await rig.AskByUpstreamAsync(directives)).Cache);
    }

    [Theory]
    [InlineData("max-age=90", "max-stale", CacheOutcome.Stored)]
    [InlineData("max-age=90", "max-stale=10", CacheOutcome.Revalidated)]
    [InlineData("max-age=90, must-revalidate", "max-stale", CacheOutcome.Revalidated)]
    [InlineData("s-maxage=90", "max-stale", CacheOutcome.Revalidated)]
    public async Task Client_TakesAStaleOneWhereUpstreamLets(string control, string directives, CacheOutcome expected)
    {
        await using var rig = await RigAsync(("Cache-Control", control));
        await rig.AskByUpstreamAsync();
        rig.Clock.Advance(2 * Minute);
        Assert.Equal(expected, (await rig.AskByUpstreamAsync(directives)).Cache);
    }

    [Fact]
    public async Task MaxStaleOfOneClient_IsNotForThoseWhoWaitWithIt()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=90"));
        await rig.AskByUpstreamAsync();
        rig.Clock.Advance(2 * Minute);

        // The stored one has to be scanned again, so that it is given by a flight, which others may have joined.
        await rig.RenewSignaturesAsync(27900);
        Assert.Equal(CacheOutcome.Revalidated, (await rig.AskByUpstreamAsync("max-stale")).Cache);
    }

    [Fact]
    public async Task OnlyIfCached_AsksNobody()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=90"));
        Assert.Equal("NotStored", (await rig.AskByUpstreamAsync("only-if-cached")).Text);
        Assert.Empty(rig.Origin.Requests);
    }

    [Fact]
    public async Task NoStoreOfTheClient_KeepsNothing()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=90"));
        await rig.AskByUpstreamAsync("no-store");
        Assert.Equal(CacheOutcome.Miss, (await rig.AskByUpstreamAsync()).Cache);
    }

    [Theory]
    [InlineData("one", CacheOutcome.Revalidated)]
    [InlineData("two", CacheOutcome.Stale)]
    public async Task NoStoreOfOneClient_LeavesWhatIsStoredForAll(string now, CacheOutcome expected)
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=90"), ("X-Answer", "first"));
        await rig.AskByUpstreamAsync();
        rig.Clock.Advance(2 * Minute);
        rig.Upstream = rig.Dated(now, 200, ("Cache-Control", "max-age=90"), ("X-Answer", "second"));
        Assert.Equal((expected, now), (await rig.AskByUpstreamAsync("no-store")).Short);

        rig.Upstream = GateRig.Status(503);
        var other = await rig.AskByUpstreamAsync();
        Assert.Equal((CacheOutcome.StaleIfError, "one"), other.Short);
        Assert.Equal("first", other.Head!.First("X-Answer"));
    }

    [Fact]
    public async Task OperatorsFreshFor_WinsOverBoth()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=0"));
        await rig.AskAsync(Minute);
        Assert.Equal(CacheOutcome.Stored, (await rig.AskAsync(Minute)).Cache);
    }

    [Theory]
    [InlineData(404, null, 5, CacheOutcome.Stored)]
    [InlineData(404, null, 20, CacheOutcome.Miss)]
    [InlineData(404, "max-age=90", 60, CacheOutcome.Stored)]
    [InlineData(403, null, 5, CacheOutcome.Miss)]
    [InlineData(403, "max-age=90", 60, CacheOutcome.Stored)]
    [InlineData(500, "max-age=90, must-understand", 60, CacheOutcome.Stored)]
    [InlineData(599, "max-age=90, must-understand", 60, CacheOutcome.Miss)]
    public async Task OtherStatus_IsKeptWhileItIsFresh(int status, string? control, int seconds, CacheOutcome expected)
    {
        await using var rig = await GateRig.StartAsync(_store.Path);
        rig.Upstream = rig.Dated("none", status, control is null ? [] : [("Cache-Control", control)]);
        await rig.AskByUpstreamAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(seconds));

        // What is not fresh any more is asked about like everything else; it has a validator.
        var cache = (await rig.AskByUpstreamAsync()).Cache;
        Assert.Equal(expected, cache is CacheOutcome.Revalidated or CacheOutcome.Stale ? CacheOutcome.Miss : cache);
    }

    [Theory]
    [InlineData(null, 5, CacheOutcome.Stored)]
    [InlineData(null, 20, CacheOutcome.Revalidated)]
    [InlineData("max-age=30", 20, CacheOutcome.Stored)]
    [InlineData("max-age=30", 40, CacheOutcome.Revalidated)]
    [InlineData("max-age=900", 70, CacheOutcome.Revalidated)]
    public async Task OperatorsFreshFor_IsNoLongerTimeForAnError(string? control, int seconds, CacheOutcome expected)
    {
        await using var rig = await GateRig.StartAsync(_store.Path);
        rig.Upstream = rig.Dated("none", 404, control is null ? [] : [("Cache-Control", control)]);
        await rig.AskAsync(Minute);
        rig.Clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(expected, (await rig.AskAsync(Minute)).Cache);
    }

    [Fact]
    public async Task ErrorThatANeutralFieldMayHaveCaused_IsNotKeptForOthers()
    {
        await using var rig = await GateRig.StartAsync(_store.Path);
        rig.Upstream = rig.Dated("none", 404, ("Cache-Control", "max-age=90"));
        await rig.AskByUpstreamAsync("", ("Accept", "text/odd"));
        Assert.Equal(CacheOutcome.Miss, (await rig.AskByUpstreamAsync()).Cache);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(405)]
    public async Task ErrorForOneVariant_LeavesTheOthers(int status)
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=90"), ("Vary", "Accept"));
        await rig.AskByUpstreamAsync("", ("Accept", "text/a"));
        rig.Upstream = rig.Dated("no", status, ("Cache-Control", "max-age=90"));

        Assert.Equal("no", (await rig.AskByUpstreamAsync()).Text);

        Assert.Equal((CacheOutcome.Stored, "one"), (await rig.AskByUpstreamAsync("", ("Accept", "text/a"))).Short);
    }

    [Fact]
    public async Task UpstreamDislikesOneRequest_WhatIsStoredKeepsItsPlace()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=90"));
        await rig.AskByUpstreamAsync();
        rig.Upstream = rig.Dated("no", 405, ("Cache-Control", "max-age=900"));
        await rig.AskByUpstreamAsync("no-cache");
        Assert.Equal((CacheOutcome.Stored, "one"), (await rig.AskByUpstreamAsync()).Short);
    }

    [Theory]
    [InlineData("max-age=30", CacheOutcome.StaleIfError)]
    [InlineData("max-age=30, stale-if-error=60", CacheOutcome.StaleIfError)]
    [InlineData("max-age=30, stale-if-error=10", CacheOutcome.Stale)]
    [InlineData("max-age=30, must-revalidate", CacheOutcome.Stale)]
    [InlineData("max-age=30, proxy-revalidate", CacheOutcome.Stale)]
    [InlineData("s-maxage=30", CacheOutcome.Stale)]
    [InlineData("no-cache", CacheOutcome.Stale)]
    public async Task UpstreamFails_AStaleOneStandsInWhereUpstreamLets(string control, CacheOutcome expected)
    {
        await using var rig = await RigAsync(("Cache-Control", control));
        await rig.AskByUpstreamAsync();
        rig.Clock.Advance(Minute);
        rig.Upstream = GateRig.Status(503);
        Assert.Equal(expected, (await rig.AskByUpstreamAsync()).Cache);

        rig.Upstream = rig.Dated("one", 200, ("Cache-Control", control));
        Assert.Equal(CacheOutcome.Revalidated, (await rig.AskByUpstreamAsync()).Cache);
    }

    [Fact]
    public async Task StaleWhileRevalidate_IsServedAtOnceAndRenewedBehindIt()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=30, stale-while-revalidate=60"));
        await rig.AskByUpstreamAsync();
        rig.Clock.Advance(Minute);
        rig.Upstream = rig.Dated("two", 200, ("Cache-Control", "max-age=30"));

        Assert.Equal((CacheOutcome.StaleWhileRevalidate, "one"), (await rig.AskByUpstreamAsync()).Short);

        await rig.Gate.RefuseFlights().WaitAsync(Minute, TestContext.Current.CancellationToken);
        Assert.Equal((CacheOutcome.Stored, "two"), (await rig.AskByUpstreamAsync()).Short);
    }

    [Theory]
    [InlineData("max-age=90")]
    [InlineData("max-age=0, stale-while-revalidate=90")]
    public async Task WhatARedirectLedTo_IsAskedAboutEachTime(string control)
    {
        await using var rig = await GateRig.StartAsync(_store.Path);
        rig.Origin.On("/first", rig.Dated("one", 200, ("Cache-Control", control)));
        rig.Origin.On("/second", rig.Dated("two", 200, ("Cache-Control", control)));
        rig.Upstream = GateRig.RedirectTo("/first");
        Assert.Equal("one", (await rig.AskByUpstreamAsync()).Text);

        rig.Upstream = GateRig.RedirectTo("/second");
        Assert.Equal("two", (await rig.AskByUpstreamAsync()).Text);
        Assert.Equal((CacheOutcome.Stored, "two"), (await rig.AskAsync(Minute)).Short);
    }

    [Fact]
    public async Task Invalidation_HasEachVariantAskedAboutAgain()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=90"), ("Vary", "Accept"));
        await rig.AskByUpstreamAsync("", ("Accept", "text/a"));
        await rig.AskByUpstreamAsync("", ("Accept", "text/b"));
        Assert.Equal(CacheOutcome.Stored, (await rig.AskByUpstreamAsync("", ("Accept", "text/a"))).Cache);

        await rig.ChangeAsync();

        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var accept in new[] { "text/a", "text/b" })
        {
            var again = await rig.AskByUpstreamAsync("", ("Accept", accept));
            Assert.NotEqual(CacheOutcome.Stored, again.Cache);
            Assert.Equal(CacheOutcome.Stored, (await rig.AskByUpstreamAsync("", ("Accept", accept))).Cache);
        }
    }

    [Fact]
    public async Task HeadOfTheSameAnswer_RenewsIt()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=30"));
        await rig.AskByUpstreamAsync();
        Assert.Equal(CacheOutcome.Stored, await rig.AskHeadAsync(Head("one")));
        rig.Clock.Advance(Minute);

        Assert.Null(await rig.AskHeadAsync(Head("one")));

        var renewed = await rig.AskByUpstreamAsync();
        Assert.Equal((CacheOutcome.Stored, "90"), (renewed.Cache, renewed.Head!.First("X-Seconds")));

        UpstreamHead Head(string tag) => new(200, null,
        [
            new("ETag", $"\"{tag}\""), new("Cache-Control", "max-age=90"), new("X-Seconds", "90"), new("Content-Length", "3"),
            new("Date", rig.Clock.GetUtcNow().ToString("r", System.Globalization.CultureInfo.InvariantCulture)),
        ]);
    }

    [Theory]
    [InlineData("two", "3")]
    [InlineData("one", "4")]
    public async Task HeadOfAnotherAnswer_HasTheStoredOneAskedAbout(string tag, string length)
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=30, stale-while-revalidate=3600"));
        await rig.AskByUpstreamAsync();
        rig.Clock.Advance(2 * Minute * 60);

        Assert.Null(await rig.AskHeadAsync(new(200, null, [new("ETag", $"\"{tag}\""), new("Content-Length", length)])));

        rig.Upstream = GateRig.Status(503);
        Assert.Equal(CacheOutcome.Stale, (await rig.AskByUpstreamAsync()).Cache);
    }

    [Theory]
    [InlineData("ETag", "\"two\"", "no-store")]
    [InlineData("Last-Modified", "Fri, 20 Nov 2026 08:00:00 GMT", "")]
    [InlineData("ETag", "W/\"one\"", "")]
    [InlineData("Content-Length", "3", "")]
    [InlineData("Content-Type", "text/plain", "")]
    public async Task HeadThatContradictsNothing_LeavesTheStoredOneFresh(string name, string value, string directives)
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=90"));
        await rig.AskByUpstreamAsync();
        rig.Clock.Advance(Minute);

        // The client wants it fresher than it is, so that upstream is asked.
        Assert.Null(await rig.AskHeadAsync(new(200, null, [new(name, value)]), $"no-cache, {directives}"));

        Assert.Equal(CacheOutcome.Stored, (await rig.AskByUpstreamAsync()).Cache);
    }

    [Fact]
    public async Task HeadWithNoLengthStoredBeside_IsMeasuredByTheBytes()
    {
        await using var rig = await GateRig.StartAsync(_store.Path);
        rig.Upstream = async context =>
        {
            context.Response.Headers.CacheControl = "max-age=30";
            context.Response.Headers.ETag = "\"one\"";
            await context.Response.Body.WriteAsync("on"u8.ToArray());
            await context.Response.Body.FlushAsync();
            await context.Response.Body.WriteAsync("e"u8.ToArray());
        };
        await rig.AskByUpstreamAsync();
        rig.Clock.Advance(Minute);

        Assert.Null(await rig.AskHeadAsync(
            new(200, null, [new("ETag", "\"one\""), new("Content-Length", "3"), new("Cache-Control", "max-age=90")])));

        Assert.Equal((CacheOutcome.Stored, "one"), (await rig.AskByUpstreamAsync()).Short);
    }

    [Fact]
    public async Task AnswerThatWasAskedForBeforeTheChange_IsAskedAboutAgain()
    {
        await using var rig = await GateRig.StartAsync(_store.Path);
        var (isAsked, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        rig.Upstream = async context =>
        {
            isAsked.TrySetResult();
            await goOn.Task;
            await rig.Dated("old", 200, ("Cache-Control", "max-age=90"))(context);
        };
        var first = rig.AskByUpstreamAsync();
        await isAsked.Task.WaitAsync(Minute, TestContext.Current.CancellationToken);
        await rig.ChangeAsync();
        goOn.SetResult();
        Assert.Equal("old", (await first).Text);

        rig.Upstream = rig.Dated("new", 200, ("Cache-Control", "max-age=90"));
        Assert.Equal("new", (await rig.AskByUpstreamAsync()).Text);
    }

    [Fact]
    public async Task NewerSignatures_AFreshAnswerIsScannedAgainFirst()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=9000"));
        await rig.AskByUpstreamAsync();
        rig.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Late-Finding FOUND\0");
        await rig.RenewSignaturesAsync(27900);

        Assert.Equal("refused: Late-Finding", (await rig.AskByUpstreamAsync()).Text);
        Assert.Single(rig.Origin.Requests);
    }

    [Fact]
    public async Task WhatMayChange_NeverAnswersForWhatIsImmutable()
    {
        await using var rig = await RigAsync(("Cache-Control", "max-age=9000"));
        await rig.AskByUpstreamAsync();
        Assert.NotEqual(CacheOutcome.Stored, (await rig.AskAsync(cacheScan: true)).Cache);
        Assert.Equal(2, rig.Origin.Requests.Count);
    }

    [Theory]
    [InlineData("Authorization", "Basic x")]
    [InlineData("Cookie", "a=b")]
    public async Task Credentials_AreNeitherKeptForNorServedFromWhatOthersGot(string name, string value)
    {
        await using var rig = await RigAsync(("Cache-Control", "public, s-maxage=9000"));
        await rig.AskByUpstreamAsync("", (name, value));
        Assert.NotEqual(CacheOutcome.Stored, (await rig.AskByUpstreamAsync()).Cache);
        Assert.NotEqual(CacheOutcome.Stored, (await rig.AskByUpstreamAsync("", (name, value))).Cache);
        Assert.Equal(3, rig.Origin.Requests.Count);
    }

    public void Dispose() => _store.Dispose();

    private async Task<GateRig> RigAsync(params (string Name, string Value)[] headers)
    {
        var rig = await GateRig.StartAsync(_store.Path);
        rig.Upstream = rig.Dated("one", 200, headers);
        return rig;
    }
}
