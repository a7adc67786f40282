using System.Text;
using ClamProxy.Core.Store;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Store;

public sealed class StoreDamageTests : IDisposable
{
    private static readonly byte[] s_content = TempStore.Content(1, 5000);

    private readonly TempStore _temp = new();

    private string ContentPath => _temp.ContentPath(s_content);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task FlippedBit_IsFoundAtFirstUseAfterAStart()
    {
        await _temp.KeepAsync(1, s_content);
        await _temp.KeepAsync(2, s_content);
        TempStore.Corrupt(ContentPath);
        var store = _temp.Open();

        Assert.Null(await _temp.AnswerAsync(1, store));

        Assert.False(File.Exists(ContentPath));
        Assert.Null(await _temp.AnswerAsync(2, store));
        Assert.Null(await _temp.AnswerAsync(1));
        Assert.Equal(1, _temp.Meters.Sum("clamproxy.store.damaged", "content"));
        Assert.Single(_temp.Log.Collector.GetSnapshot(), line => line.Id.Id == 8004);
        Assert.True(await _temp.KeepAsync(1, s_content, store));
        Assert.Equal(s_content, await _temp.AnswerAsync(2, store));
    }

    [Theory]
    [InlineData(4999)]
    [InlineData(5001)]
    [InlineData(5000)]
    [InlineData(0)]
    public async Task WrittenToWhileItIsOpen_IsFoundAtNextUse(int length)
    {
        await _temp.KeepAsync(1, s_content);
        Assert.NotNull(await _temp.AnswerAsync(1));

        TempStore.Overwrite(ContentPath, new byte[length]);
        File.SetLastWriteTimeUtc(ContentPath, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Null(await _temp.AnswerAsync(1));
        Assert.False(File.Exists(ContentPath));
    }

    [Fact]
    public async Task TouchedButTheSame_IsHashedAgainAndAnswers()
    {
        await _temp.KeepAsync(1, s_content);
        Assert.NotNull(await _temp.AnswerAsync(1));
        File.SetLastWriteTimeUtc(ContentPath, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(s_content, await _temp.AnswerAsync(1));
    }

    [Fact]
    public async Task CopiedBody_IsHashedAtItsFirstUse()
    {
        var content = TempStore.Content(3, 300_000);
        using var unnamed = Core.Files.NamelessFile.CreateAndUnname(_temp.Path, "x-");
        RandomAccess.Write(unnamed, content, 0);
        await _temp.Store.KeepAsync(
            TempStore.Key(1),
            TempStore.Head,
            TempStore.Clean(content, _temp.Clock.GetUtcNow()),
            unnamed,
            content.Length,
            CancellationToken.None);
        TempStore.Corrupt(_temp.ContentPath(content));

        Assert.Null(await _temp.AnswerAsync(1));
    }

    [Fact]
    public async Task ManyAtOnceAfterAStart_ShareOneReading()
    {
        var content = TempStore.Content(2, 32 << 20);
        await _temp.KeepAsync(1, content);
        var store = _temp.Open();
        using var leaver = new CancellationTokenSource();

        var first = store.OpenAsync(TempStore.Key(1), leaver.Token).AsTask();
        var others = Enumerable.Range(0, 20).Select(_ => _temp.AnswerAsync(1, store)).ToList();
        await leaver.CancelAsync();

        Assert.All(await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(60)), answer => Assert.Equal(content, answer));
        await Task.WhenAny(first);
        (first.IsCompletedSuccessfully ? await first : null)?.Dispose();
        Assert.True(store.Checks.Readings is >= 1 and <= 2, $"{store.Checks.Readings} readings");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"key\":1}")]
    [InlineData("{\"sha256\":\"../../../etc/passwd\",\"size\":1,\"storedAt\":\"2026-01-01T00:00:00Z\",\"status\":200,\"headers\":[]}")]
    public async Task EntryThatIsNoEntry_IsRemoved(string text)
    {
        await _temp.KeepAsync(1, s_content);
        TempStore.Overwrite(_temp.UrlPath(1), Encoding.UTF8.GetBytes(text));

        Assert.Null(await _temp.AnswerAsync(1, _temp.Open()));

        Assert.False(File.Exists(_temp.UrlPath(1)));
        Assert.Equal(1, _temp.Meters.Sum("clamproxy.store.damaged", "entry"));
    }

    [Theory]
    [InlineData("\"size\":5000", "\"size\":4999")]
    [InlineData("\"status\":200", "\"status\":-1")]
    [InlineData("\"status\":200", "\"status\":101")]
    [InlineData("\"Content-Type\"", "\"Content-Type:\"")]
    [InlineData("application/zip", "a\\r\\nEvil: yes")]
    [InlineData("\"ETag\"", "\"Set-Cookie\"")]
    [InlineData("\"ETag\",", "")]
    [InlineData("\"ETag\"", "null")]
    public async Task EntryChanged_IsNotBelieved(string from, string to)
    {
        await _temp.KeepAsync(1, s_content);
        var text = await File.ReadAllTextAsync(_temp.UrlPath(1));
        Assert.Contains(from, text, StringComparison.Ordinal);
        TempStore.Overwrite(_temp.UrlPath(1), Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)));

        Assert.Null(await _temp.AnswerAsync(1, _temp.Open()));
        Assert.False(File.Exists(_temp.UrlPath(1)));
        Assert.True(File.Exists(ContentPath));
    }

    [Fact]
    public async Task EntryOfAnotherUrlUnderThisName_IsNotBelieved()
    {
        await _temp.KeepAsync(1, s_content);
        await _temp.KeepAsync(2, TempStore.Content(2, 5000));
        TempStore.Overwrite(_temp.UrlPath(1), await File.ReadAllBytesAsync(_temp.UrlPath(2)));

        Assert.Null(await _temp.AnswerAsync(1, _temp.Open()));
    }

    [Theory]
    [InlineData("\"clean\"", "\"infected\"")]
    [InlineData("\"clean\"", "\"unscannable\"")]
    [InlineData("\"clean\"", "\"Clean\"")]
    [InlineData("\"verdict\"", "\"other\"")]
    [InlineData("{", "")]
    public async Task VerdictThatIsNotClean_LetsNothingThrough(string from, string to)
    {
        await _temp.KeepAsync(1, s_content);
        var text = await File.ReadAllTextAsync(_temp.VerdictPath(s_content));
        TempStore.Overwrite(_temp.VerdictPath(s_content), Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)));

        Assert.Null(await _temp.AnswerAsync(1, _temp.Open()));
        Assert.Equal(1, _temp.Meters.Sum("clamproxy.store.damaged", "verdict"));
    }

    [Theory]
    [InlineData(Verdict.Infected)]
    [InlineData(Verdict.Unscannable)]
    public async Task WholeVerdictThatIsNotClean_LetsNothingThrough(Verdict verdict)
    {
        await _temp.KeepAsync(1, s_content);
        var record = TempStore.Clean(s_content, _temp.Clock.GetUtcNow()) with
        {
            Verdict = verdict,
            Signature = verdict == Verdict.Infected ? "Eicar" : null,
            Reason = verdict == Verdict.Unscannable ? UnscannableReason.Encrypted : UnscannableReason.None,
        };
        TempStore.Overwrite(_temp.VerdictPath(s_content), VerdictFormat.Write(ContentKey.For(record.Sha256), record));

        Assert.Null(await _temp.AnswerAsync(1, _temp.Open()));
        Assert.Equal(1, _temp.Meters.Sum("clamproxy.store.damaged", "verdict"));
    }

    [Fact]
    public async Task VerdictOfAnotherContent_LetsNothingThrough()
    {
        await _temp.KeepAsync(1, s_content);
        TempStore.Overwrite(
            _temp.VerdictPath(s_content),
            VerdictFormat.Write(ContentKey.For(TempStore.Sha([1])), TempStore.Clean([1], _temp.Clock.GetUtcNow())));

        Assert.Null(await _temp.AnswerAsync(1, _temp.Open()));
    }

    [Fact]
    public async Task LinkInPlaceOfAFile_IsNotFollowed()
    {
        await _temp.KeepAsync(1, s_content);
        foreach (var path in new[] { ContentPath, _temp.UrlPath(1), _temp.VerdictPath(s_content) })
        {
            var away = Path.Combine(_temp.Path, "away");
            File.Move(path, away);
            File.CreateSymbolicLink(path, away);
            _temp.Clock.Advance(TimeSpan.FromSeconds(1));

            Assert.Null(await _temp.AnswerAsync(1));
            Assert.Null(await _temp.AnswerAsync(1, _temp.Open()));
            await _temp.Store.TidyAsync(isThorough: true);
            Assert.False(File.Exists(path));
            File.Move(away, path);
            Assert.NotNull(await _temp.AnswerAsync(1));
        }
    }

    [Fact]
    public async Task LinkInPlaceOfAFile_MakesRoomForTheFile()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ContentPath)!);
        var outside = Path.Combine(_temp.Path, "outside");
        await File.WriteAllTextAsync(outside, "untouched");
        File.CreateSymbolicLink(ContentPath, outside);

        Assert.True(await _temp.KeepAsync(1, s_content));

        Assert.Equal(s_content, await _temp.AnswerAsync(1));
        Assert.Equal("untouched", await File.ReadAllTextAsync(outside));
    }

    [Fact]
    public async Task PipeOrFolderInPlaceOfAFile_IsAMissAndNothingWaits()
    {
        await _temp.KeepAsync(1, s_content);
        File.Delete(ContentPath);
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [ContentPath]))
        {
            await mkfifo.WaitForExitAsync();
        }

        Assert.Null(await _temp.AnswerAsync(1).WaitAsync(TimeSpan.FromSeconds(30)));
        File.Delete(ContentPath);
        Directory.CreateDirectory(ContentPath);
        Assert.Null(await _temp.AnswerAsync(1));
        Assert.False(await _temp.KeepAsync(1, s_content));
    }

    [Fact]
    public async Task ForeignFiles_AreRemovedAndSaidOnce()
    {
        await _temp.KeepAsync(1, s_content);
        var shard = Path.GetDirectoryName(ContentPath)!;
        await File.WriteAllTextAsync(Path.Combine(shard, "README"), "mine");
        await File.WriteAllTextAsync(Path.Combine(shard, TempStore.Sha([1])), "another shard's");
        await File.WriteAllTextAsync(Path.Combine(_temp.Path, "v1", "notes"), "not looked at");

        await _temp.Store.TidyAsync(isThorough: true);

        Assert.Equal([ContentPath], _temp.Files("contents"));
        Assert.True(File.Exists(Path.Combine(_temp.Path, "v1", "notes")));
        Assert.Single(_temp.Log.Collector.GetSnapshot(), line => line.Id.Id == 8011);
        Assert.NotNull(await _temp.AnswerAsync(1));
    }

    [Fact]
    public async Task Scrub_FindsWhatNobodyAsksFor()
    {
        var whole = TempStore.Content(2, 200_000);
        await _temp.KeepAsync(1, s_content);
        await _temp.KeepAsync(2, whole);
        Assert.True(Core.Files.NativeFile.TryLook(_temp.ContentPath(whole), out var before));
        TempStore.Corrupt(ContentPath);
        _temp.Clock.Advance(TimeSpan.FromHours(1));

        await ScrubAsync(_temp.Open());

        Assert.False(File.Exists(ContentPath));
        Assert.True(Core.Files.NativeFile.TryLook(_temp.ContentPath(whole), out var after));
        Assert.Equal(before, after);
        Assert.Equal(1, _temp.Meters.Sum("clamproxy.store.damaged", "content"));
    }

    [Fact]
    public async Task Scrub_IsDoneByOneProcessAtATimeAndNoFasterThanAsked()
    {
        var options = new StoreOptions { Path = _temp.Path, ScrubRate = 1000 };
        await _temp.KeepAsync(1, s_content);
        using var slow = _temp.Open(options);
        TempStore.Corrupt(ContentPath);

        var first = slow.ScrubAsync(CancellationToken.None);
        await _temp.Open().ScrubAsync(CancellationToken.None);
        Assert.True(File.Exists(ContentPath));
        _temp.Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(first.IsCompleted);
        _temp.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await first.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(File.Exists(ContentPath));
    }

    private async Task ScrubAsync(ContentStore store)
    {
        var scrub = store.ScrubAsync(CancellationToken.None);
        while (!scrub.IsCompleted)
        {
            _temp.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await scrub;
    }
}
