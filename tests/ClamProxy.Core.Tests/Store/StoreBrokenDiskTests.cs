using ClamProxy.Core.Store;

namespace ClamProxy.Core.Tests.Store;

public sealed class StoreBrokenDiskTests : IDisposable
{
    private static readonly byte[] s_content = TempStore.Content(1, 200_000);

    private readonly TempStore _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task AnyStepOfKeepingFails_NothingThrowsAndTheNextOneIsKept()
    {
        var steps = 0;
        _temp.Store.Disk.Before = _ => steps++;
        Assert.True(await _temp.KeepAsync(0, s_content));
        Assert.True(steps > 5);

        for (var failing = 0; failing < steps; failing++)
        {
            using var temp = new TempStore();
            var left = failing;
            temp.Store.Disk.Before = _ =>
            {
                if (left-- == 0)
                {
                    throw new IOException("No space left on device");
                }
            };

            var isKept = await temp.KeepAsync(1, s_content);

            var answer = await temp.AnswerAsync(1);
            Assert.True(answer is null || answer.AsSpan().SequenceEqual(s_content));
            Assert.True(!isKept || answer is not null);
            Assert.Empty(temp.Files("temp"));
            Assert.True(await temp.KeepAsync(1, s_content));
            Assert.Equal(s_content, await temp.AnswerAsync(1));
        }
    }

    [Fact]
    public async Task DiskFullForAWhile_IsSaidOnceAndItsEndToo()
    {
        _temp.Store.Disk.Before = step => _ = step == "create" ? throw new IOException("No space left on device") : 0;
        for (var n = 0; n < 5; n++)
        {
            Assert.False(await _temp.KeepAsync(n, s_content));
            Assert.Null(await _temp.AnswerAsync(n));
        }

        _temp.Store.Disk.Before = null;
        Assert.True(await _temp.KeepAsync(1, s_content));

        Assert.Single(_temp.Log.Collector.GetSnapshot(), line => line.Id.Id == 8001);
        Assert.Single(_temp.Log.Collector.GetSnapshot(), line => line.Id.Id == 8003);
    }

    [Fact]
    public async Task FolderRemovedWhileItRuns_IsAMissAndMadeAgain()
    {
        Assert.True(await _temp.KeepAsync(1, s_content));
        Assert.NotNull(await _temp.AnswerAsync(1));
        Directory.Delete(Path.Combine(_temp.Path, "v1"), recursive: true);

        Assert.Null(await _temp.AnswerAsync(1));
        await _temp.Store.TidyAsync(isThorough: true);
        Assert.True(await _temp.KeepAsync(1, s_content));
        Assert.Equal(s_content, await _temp.AnswerAsync(1));
    }

    [Fact]
    public async Task FolderThatCannotBeMade_FindsAndKeepsNothing()
    {
        var file = Path.Combine(_temp.Path, "a-file");
        await File.WriteAllTextAsync(file, "");
        using var store = _temp.Open(new StoreOptions { Path = Path.Combine(file, "store") });

        Assert.Null(await _temp.AnswerAsync(1, store));
        Assert.False(await _temp.KeepAsync(1, s_content, store));
        await store.TidyAsync(isThorough: true);
        await store.DropAsync(TempStore.Sha(s_content));
        await store.ConfirmAsync(TempStore.Clean(s_content, _temp.Clock.GetUtcNow()), CancellationToken.None);
        await foreach (var stale in store.OlderThanAsync(1, DateTimeOffset.MaxValue, CancellationToken.None))
        {
            Assert.Fail("there is nothing");
        }
    }

    [Fact]
    public async Task CancelledWhileItCopies_LeavesNothing()
    {
        using var body = Core.Files.NamelessFile.CreateAndUnname(_temp.Path, "x-");
        RandomAccess.Write(body, s_content, 0);
        using var gone = new CancellationTokenSource();
        _temp.Store.Disk.After = step => _ = step == "write" && _temp.Files("verdicts").Count > 0 ? Cancel() : 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _temp.Store.KeepAsync(
            TempStore.Key(1), TempStore.Head, TempStore.Clean(s_content, _temp.Clock.GetUtcNow()), body, s_content.Length, gone.Token));

        Assert.Empty(_temp.Files("temp"));
        Assert.Empty(_temp.Files("contents"));
        Assert.Null(await _temp.AnswerAsync(1));

        int Cancel()
        {
            gone.Cancel();
            return 1;
        }
    }
}
