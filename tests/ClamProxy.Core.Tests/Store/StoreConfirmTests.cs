using System.Text;
using ClamProxy.Core.Store;

namespace ClamProxy.Core.Tests.Store;

/// <summary>Entries whose head was confirmed by upstream, replaced, or forgotten.</summary>
public sealed class StoreConfirmTests : IDisposable
{
    private static readonly byte[] One = TempStore.Content(1, 1000);
    private static readonly byte[] Two = TempStore.Content(2, 1000);
    private static readonly StoredHead Newer = new(200, "OK", [new("ETag", "\"newer\"")]);

    private readonly TempStore _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Confirmed_EveryProcessSeesTheNewHeadAndTime()
    {
        await KeepAsync(One);
        var stored = _temp.Clock.GetUtcNow();
        _temp.Clock.Advance(TimeSpan.FromHours(1));
        var confirmed = _temp.Clock.GetUtcNow();

        await _temp.Store.RefreshAsync(TempStore.Key(1), TempStore.Sha(One), Newer, confirmed);

        foreach (var store in new[] { _temp.Store, _temp.Open() })
        {
            using var file = await store.OpenAsync(TempStore.Key(1), CancellationToken.None);
            Assert.Equal((stored, confirmed, "\"newer\""), (file!.StoredAt, file.ConfirmedAt, file.Head.Headers[0].Value));
        }
    }

    [Fact]
    public async Task AnotherContentWasStoredMeanwhile_ItIsNotConfirmed()
    {
        await KeepAsync(One);
        await KeepAsync(Two);

        await _temp.Open().RefreshAsync(TempStore.Key(1), TempStore.Sha(One), Newer, _temp.Clock.GetUtcNow());

        using var file = await _temp.Open().OpenAsync(TempStore.Key(1), CancellationToken.None);
        Assert.Equal((TempStore.Sha(Two), "application/zip"), (file!.Sha256, file.Head.Headers[0].Value));
    }

    [Fact]
    public async Task HeadThatIsTooLong_ChangesNothing()
    {
        await KeepAsync(One);

        await _temp.Store.RefreshAsync(
            TempStore.Key(1),
            TempStore.Sha(One),
            new StoredHead(200, "OK", [new("X", new string('x', EntryFormat.MaxBytes))]),
            _temp.Clock.GetUtcNow());

        using var file = await _temp.Open().OpenAsync(TempStore.Key(1), CancellationToken.None);
        Assert.Equal("application/zip", file!.Head.Headers[0].Value);
    }

    [Fact]
    public async Task Forgotten_NoProcessFindsItAndOtherUrlsOfItsContentStay()
    {
        await KeepAsync(One, 1);
        await KeepAsync(One, 2);

        await _temp.Open().ForgetAsync(TempStore.Key(1));
        _temp.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await _temp.Store.OpenAsync(TempStore.Key(1), CancellationToken.None));
        using var other = await _temp.Store.OpenAsync(TempStore.Key(2), CancellationToken.None);
        Assert.NotNull(other);
    }

    [Fact]
    public async Task EntryOfAnOlderVersion_CountsAsConfirmedWhenItWasStored()
    {
        await KeepAsync(One);
        var path = Assert.Single(Directory.GetFiles(System.IO.Path.Combine(_temp.Path, "v1", "urls"), "*", SearchOption.AllDirectories));
        Assert.DoesNotContain(
            "confirmedAt",
            await File.ReadAllTextAsync(path, Encoding.UTF8, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);

        using var file = await _temp.Open().OpenAsync(TempStore.Key(1), CancellationToken.None);

        Assert.Equal(file!.StoredAt, file.ConfirmedAt);
    }

    private async Task KeepAsync(byte[] content, int key = 1)
    {
        using var body = _temp.Nameless(content);
        Assert.True(await _temp.Store.KeepAsync(
            TempStore.Key(key),
            TempStore.Head,
            TempStore.Clean(content, _temp.Clock.GetUtcNow()),
            body,
            content.Length,
            CancellationToken.None));
    }
}
