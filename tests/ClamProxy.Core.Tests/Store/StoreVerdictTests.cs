using ClamProxy.Core.Store;

namespace ClamProxy.Core.Tests.Store;

public sealed class StoreVerdictTests : IDisposable
{
    private static readonly byte[] s_content = TempStore.Content(1, 5000);

    private readonly TempStore _temp = new();

    private ContentStore Store => _temp.Store;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Dropped_AnswersInNoProcess()
    {
        var other = _temp.Open();
        await _temp.KeepAsync(1, s_content);
        await _temp.KeepAsync(2, s_content);
        Assert.NotNull(await _temp.AnswerAsync(1, other));
        Assert.NotNull(await _temp.AnswerAsync(2, other));

        await Store.DropAsync(TempStore.Sha(s_content));

        foreach (var store in new[] { Store, other, _temp.Open() })
        {
            Assert.Null(await _temp.AnswerAsync(1, store));
            Assert.Null(await _temp.AnswerAsync(2, store));
        }

        Assert.Empty(_temp.Files("contents"));
        Assert.Equal(1, _temp.Meters.Sum("clamproxy.store.dropped"));
    }

    [Fact]
    public async Task Dropped_WhoReadsItReadsOn()
    {
        await _temp.KeepAsync(1, s_content);
        using var file = await Store.OpenAsync(TempStore.Key(1), CancellationToken.None);

        await Store.DropAsync(TempStore.Sha(s_content));

        Assert.Equal(s_content, await TempStore.ReadAsync(file!));
    }

    [Fact]
    public async Task Dropped_NoEarlierScanBringsItBackAndALaterOneDoes()
    {
        var other = _temp.Open();
        var earlier = TempStore.Clean(s_content, _temp.Clock.GetUtcNow());
        _temp.Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.DropAsync(TempStore.Sha(s_content));

        foreach (var store in new[] { Store, other })
        {
            using var body = _temp.Nameless(s_content);
            Assert.False(await store.KeepAsync(TempStore.Key(1), TempStore.Head, earlier, body, s_content.Length, CancellationToken.None));
            Assert.Null(await _temp.AnswerAsync(1, store));
        }

        _temp.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await _temp.KeepAsync(1, s_content, other));
        Assert.Equal(s_content, await _temp.AnswerAsync(1));
        Assert.Equal(s_content, await _temp.AnswerAsync(1, other));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("write")]
    [InlineData("rename")]
    public async Task DroppedByAnotherWhileItIsStored_DoesNotComeBack(string step)
    {
        var other = _temp.Open();
        var dropped = false;
        Store.Disk.After = name =>
        {
            if (name == step && !dropped)
            {
                dropped = true;
                other.DropAsync(TempStore.Sha(s_content)).AsTask().GetAwaiter().GetResult();
            }
        };

        Assert.False(await _temp.KeepAsync(1, s_content));

        Assert.True(dropped);
        Assert.Null(await _temp.AnswerAsync(1));
        Assert.Empty(_temp.Files("contents"));
    }

    [Fact]
    public async Task DropThatTheDiskRefuses_HoldsInThisProcessAndIsSaidLoudly()
    {
        await _temp.KeepAsync(1, s_content);
        Assert.NotNull(await _temp.AnswerAsync(1));
        Store.Disk.Before = _ => throw new IOException("read-only");

        await Store.DropAsync(TempStore.Sha(s_content));

        Store.Disk.Before = null;
        Assert.Null(await _temp.AnswerAsync(1));
        Assert.Contains(_temp.Log.Collector.GetSnapshot(), line => line.Id.Id == 8006);
    }

    [Fact]
    public async Task DropWhoseContentCannotBeRemoved_TakesTheVerdictAway()
    {
        var other = _temp.Open();
        await _temp.KeepAsync(1, s_content);
        var failures = 0;
        Store.Disk.Before = step =>
        {
            if (step == "unlink" && failures++ < 2)
            {
                throw new IOException("busy");
            }
        };

        await Store.DropAsync(TempStore.Sha(s_content));

        Assert.Null(await _temp.AnswerAsync(1, other));
    }

    [Fact]
    public async Task Confirmed_TheNewerVerdictStandsInAllProcesses()
    {
        var other = _temp.Open();
        await _temp.KeepAsync(1, s_content);
        Assert.NotNull(await _temp.AnswerAsync(1, other));
        var old = TempStore.Clean(s_content, _temp.Clock.GetUtcNow().AddDays(-1), 26000);
        _temp.Clock.Advance(TimeSpan.FromDays(1));
        var fresh = TempStore.Clean(s_content, _temp.Clock.GetUtcNow(), 28000);

        await Store.ConfirmAsync(fresh, CancellationToken.None);
        await Store.ConfirmAsync(old, CancellationToken.None);

        _temp.Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var store in new[] { Store, other, _temp.Open() })
        {
            using var file = await store.OpenAsync(TempStore.Key(1), CancellationToken.None);
            Assert.Equal(fresh, file?.Verdict);
        }
    }

    [Fact]
    public async Task VerdictOfTheFuture_IsReplacedByOneOfNow()
    {
        await _temp.KeepAsync(1, s_content);
        await _temp.Store.ConfirmAsync(TempStore.Clean(s_content, _temp.Clock.GetUtcNow().AddYears(50), 28000), CancellationToken.None);
        var now = TempStore.Clean(s_content, _temp.Clock.GetUtcNow(), 28001);

        await _temp.Store.ConfirmAsync(now, CancellationToken.None);

        using var file = await _temp.Open().OpenAsync(TempStore.Key(1), CancellationToken.None);
        Assert.Equal(now, file?.Verdict);
    }

    [Fact]
    public async Task ConfirmedButNotStored_LeavesNothing()
    {
        await Store.ConfirmAsync(TempStore.Clean(s_content, _temp.Clock.GetUtcNow()), CancellationToken.None);

        Assert.Empty(_temp.Files());
    }

    [Fact]
    public async Task OlderThan_GivesWhatIsStaleOnceAndTheLeastRecentlyUsedLast()
    {
        var contents = Enumerable.Range(0, 4).Select(n => TempStore.Content(n, 1000)).ToList();
        for (var n = 0; n < 4; n++)
        {
            await _temp.KeepAsync(n, contents[n], database: n == 2 ? 28000 : 27000);
            await _temp.KeepAsync(n + 10, contents[n]);
            _temp.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.NotNull(await _temp.AnswerAsync(0));

        Assert.Equal([0, 3, 1], await StaleAsync(28000, DateTimeOffset.MinValue));
        Assert.Empty(await StaleAsync(27000, DateTimeOffset.MinValue));
        Assert.Equal([0, 1], await StaleAsync(27000, _temp.Clock.GetUtcNow().AddMinutes(-11)));

        async Task<List<int>> StaleAsync(int? database, DateTimeOffset before)
        {
            var found = new List<int>();
            await foreach (var file in Store.OlderThanAsync(database, before, CancellationToken.None))
            {
                using (file)
                {
                    found.Add(contents.FindIndex(content => TempStore.Sha(content) == file.Sha256));
                    Assert.Equal(contents[found[^1]], await TempStore.ReadAsync(file));
                }
            }

            return found;
        }
    }

    [Fact]
    public async Task OlderThan_IsNoUse()
    {
        await _temp.KeepAsync(1, s_content);
        Assert.True(Core.Files.NativeFile.TryLook(_temp.ContentPath(s_content), out var before));
        _temp.Clock.Advance(TimeSpan.FromHours(1));

        await foreach (var file in Store.OlderThanAsync(99999, DateTimeOffset.MinValue, CancellationToken.None))
        {
            await TempStore.ReadAsync(file);
            file.Dispose();
        }

        Assert.True(Core.Files.NativeFile.TryLook(_temp.ContentPath(s_content), out var after));
        Assert.Equal(before, after);
    }
}
