using System.Text;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Verdicts.Conformance;

/// <summary>What every verdict store does alike. Each store inherits this and says how to look under its covers.</summary>
public abstract class VerdictStoreConformance : IAsyncLifetime
{
    protected static readonly TimeSpan TimeToLive = TimeSpan.FromHours(24);

    private IVerdictStore? _store;

    protected IVerdictStore Store => _store ?? throw new InvalidOperationException("not started");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await StartAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task NothingSaved_NothingIsFound()
    {
        Assert.Null(await Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.Null(await Store.FindContentAsync(Records.Content, Cancellation));
    }

    [Fact]
    public async Task UrlSaved_IsFoundWordForWord()
    {
        await Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
        Assert.Equal(Records.CleanUrl, await Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.Null(await Store.FindUrlAsync(UrlKey.For("https://example.org/other", []), Cancellation));
    }

    [Fact]
    public async Task UrlOfAVariant_IsFoundWithWhatItVariesBy()
    {
        var record = Records.CleanUrl with { Vary = "accept,accept-language" };
        await Store.SaveUrlAsync(Records.Url, record, null, Cancellation);
        Assert.Equal(record, await Store.FindUrlAsync(Records.Url, Cancellation));
    }

    [Fact]
    public async Task UrlSavedWithoutValidators_IsFoundWithoutThem()
    {
        var record = Records.CleanUrl with { ETag = null, LastModified = null, Size = 0, Verdict = Verdict.Infected };
        await Store.SaveUrlAsync(Records.Url, record, null, Cancellation);
        Assert.Equal(record, await Store.FindUrlAsync(Records.Url, Cancellation));
    }

    [Fact]
    public async Task ContentSaved_IsFoundWordForWord()
    {
        var bare = Records.Clean with { Engine = null, Database = null, DatabaseDate = null };
        foreach (var record in new[] { Records.Clean, Records.Infected, Records.Unscannable, bare })
        {
            await Store.SaveContentAsync(Records.Content, record, Cancellation);
            Assert.Equal(record, await Store.FindContentAsync(Records.Content, Cancellation));
        }
    }

    [Fact]
    public async Task SavedAgain_TheLaterRecordIsFound()
    {
        await Store.SaveContentAsync(Records.Content, Records.Clean, Cancellation);
        await Store.SaveContentAsync(Records.Content, Records.Infected, Cancellation);
        Assert.Equal(Records.Infected, await Store.FindContentAsync(Records.Content, Cancellation));
    }

    [Fact]
    public async Task UrlDropped_IsNotFoundUntilSavedAgain()
    {
        await Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
        await Store.DropUrlAsync(Records.Url, Cancellation);
        Assert.Null(await Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.Null(await RawAsync(Records.Url.Text));

        await Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
        Assert.Equal(Records.CleanUrl, await Store.FindUrlAsync(Records.Url, Cancellation));
    }

    [Fact]
    public async Task TimeToLiveOver_NothingIsFound()
    {
        await SaveBothAsync();
        await PassAsync(TimeToLive - TimeSpan.FromSeconds(5));
        Assert.NotNull(await Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.NotNull(await Store.FindContentAsync(Records.Content, Cancellation));

        await PassAsync(TimeSpan.FromSeconds(5));
        Assert.Null(await Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.Null(await Store.FindContentAsync(Records.Content, Cancellation));
    }

    [Fact]
    public async Task ReadInBetween_DoesNotLengthenALife()
    {
        await SaveBothAsync();
        for (var hour = 0; hour < 24; hour++)
        {
            Assert.NotNull(await Store.FindUrlAsync(Records.Url, Cancellation));
            Assert.NotNull(await Store.FindContentAsync(Records.Content, Cancellation));
            await PassAsync(TimeSpan.FromHours(1));
        }

        Assert.Null(await Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.Null(await Store.FindContentAsync(Records.Content, Cancellation));
    }

    [Fact]
    public async Task SavedAgain_LivesItsWholeLifeAgain()
    {
        await SaveBothAsync();
        await PassAsync(TimeSpan.FromHours(23));
        await SaveBothAsync();
        await PassAsync(TimeSpan.FromHours(23));
        Assert.NotNull(await Store.FindContentAsync(Records.Content, Cancellation));
    }

    [Theory]
    [MemberData(nameof(UnbelievableValues.Contents), MemberType = typeof(UnbelievableValues))]
    public async Task ContentThatCannotBeBelieved_IsNotFound(string json)
    {
        await PlantAsync(Records.Content.Text, Encoding.UTF8.GetBytes(json));
        Assert.Null(await Store.FindContentAsync(Records.Content, Cancellation));
    }

    [Theory]
    [MemberData(nameof(UnbelievableValues.Urls), MemberType = typeof(UnbelievableValues))]
    public async Task UrlThatCannotBeBelieved_IsNotFound(string json)
    {
        await PlantAsync(Records.Url.Text, Encoding.UTF8.GetBytes(json));
        Assert.Null(await Store.FindUrlAsync(Records.Url, Cancellation));
    }

    [Fact]
    public async Task PropertiesOfANewerVersion_AreIgnored()
    {
        await PlantAsync(Records.Content.Text, Encoding.UTF8.GetBytes(
            $$"""{"sha256":"{{Records.Sha}}","verdict":"clean","scannedAt":"2026-01-01T00:00:00Z","later":{"x":[1] } }"""));
        Assert.Equal(Verdict.Clean, (await Store.FindContentAsync(Records.Content, Cancellation))?.Verdict);
    }

    [Fact]
    public async Task Saved_TheJsonIsTheOneOfTheContract()
    {
        await SaveBothAsync();
        Assert.Equal(
            $$"""{"sha256":"{{Records.Sha}}","size":1234,"etag":"\u0022abc\u0022","lastModified":"Thu, 01 Jan 2026 00:00:00 GMT","verdict":"clean"}""",
            await RawAsync("clamproxy:v1:url:" + "bc7c47da071389fff8ce0d5502e0e0398b386de18baaa0ed8af2ae5147bcb24e"));
        Assert.Equal(
            $$"""{"sha256":"{{Records.Sha}}","verdict":"clean","engine":"1.4.6","database":27826,"databaseDate":"2025-12-31T12:00:00+00:00","scannedAt":"2026-01-01T12:00:00+00:00"}""",
            await RawAsync("clamproxy:v1:content:" + Records.Sha));
    }

    [Fact]
    public async Task RecordTooLong_IsNotSavedAndTheOldOneIsGone()
    {
        await SaveBothAsync();
        await Store.SaveUrlAsync(Records.Url, Records.CleanUrl with { ETag = new string('x', 5_000) }, null, Cancellation);
        Assert.Null(await Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.Null(await RawAsync(Records.Url.Text));
    }

    [Fact]
    public async Task RecordThatContradictsItself_Throws()
    {
        await Refused(Records.Clean with { Verdict = Verdict.None });
        await Refused(Records.Clean with { Verdict = (Verdict)9 });
        await Refused(Records.Clean with { Sha256 = new string('b', 64) });
        await Refused(Records.Infected with { Signature = null });
        await Refused(Records.Clean with { Reason = UnscannableReason.TooLarge });
        await Refused(Records.Unscannable with { Reason = UnscannableReason.None });
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await Store.SaveUrlAsync(Records.Url, Records.CleanUrl with { Verdict = Verdict.None }, null, Cancellation));
        Assert.Null(await RawAsync(Records.Content.Text));
        Assert.Null(await RawAsync(Records.Url.Text));

        async Task Refused(ContentRecord record) =>
            await Assert.ThrowsAsync<ArgumentException>(async () => await Store.SaveContentAsync(Records.Content, record, Cancellation));
    }

    [Fact]
    public async Task TokenCancelled_NothingThrowsAndADropHolds()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
        await Store.FindUrlAsync(Records.Url, gone.Token);
        await Store.SaveContentAsync(Records.Content, Records.Clean, gone.Token);
        await Store.DropUrlAsync(Records.Url, gone.Token);
        Assert.Null(await Store.FindUrlAsync(Records.Url, Cancellation));
    }

    [Fact]
    public async Task ManyAtOnce_EachFindsItsOwn()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async caller =>
        {
            await Task.Yield();
            for (var turn = 0; turn < 20; turn++)
            {
                var key = UrlKey.For($"https://example.org/{caller}/{turn}", []);
                var record = Records.CleanUrl with { Size = (caller * 1000) + turn };
                await Store.SaveUrlAsync(key, record, null, Cancellation);
                Assert.Equal(record, await Store.FindUrlAsync(key, Cancellation));
            }
        }));
    }

    [Fact]
    public void Answering_TheStateSaysSo()
    {
        Assert.True(Store.State.IsAvailable);
        Assert.Null(Store.State.Problem);
    }

    /// <summary>A fresh, empty store that answers.</summary>
    protected abstract ValueTask<IVerdictStore> StartAsync();

    /// <summary>Lets time pass for the records, as the store reckons it.</summary>
    protected abstract Task PassAsync(TimeSpan time);

    /// <summary>Puts bytes under a key, past the store.</summary>
    protected abstract Task PlantAsync(string key, byte[] value);

    /// <summary>What lies under a key, past the store; null for nothing.</summary>
    protected abstract Task<string?> RawAsync(string key);

    private async Task SaveBothAsync()
    {
        await Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
        await Store.SaveContentAsync(Records.Content, Records.Clean, Cancellation);
    }
}
