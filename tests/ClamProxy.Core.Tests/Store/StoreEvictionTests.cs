using ClamProxy.Core.Files;
using ClamProxy.Core.Store;

namespace ClamProxy.Core.Tests.Store;

public sealed class StoreEvictionTests : IDisposable
{
    private const int Length = 100_000;
    private const int MinFree = 500_000;

    /// <summary>Room for ten contents, of which nine are left after an eviction.</summary>
    private readonly TempStore _temp = new(size: 10 * StoreUsage.Of(Length), entries: 100);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task OverTheBound_TheLeastRecentlyUsedGoes()
    {
        await FillAsync(10);
        Assert.NotNull(await _temp.AnswerAsync(0));
        using var read = await _temp.Store.OpenAsync(TempStore.Key(2), CancellationToken.None);

        await FillAsync(13, from: 10);

        Assert.NotNull(await _temp.AnswerAsync(0));
        Assert.NotNull(await _temp.AnswerAsync(12));
        Assert.Null(await _temp.AnswerAsync(1));
        Assert.True(_temp.Store.Usage.Bytes <= _temp.Options.Size);
        Assert.Equal(_temp.Store.Usage.Files, _temp.Files("contents").Count);
        Assert.Equal(_temp.Files("contents").Count, _temp.Files("verdicts").Count);
        Assert.Equal(13 - _temp.Store.Usage.Files, _temp.Meters.Sum("clamproxy.store.evicted"));
    }

    [Fact]
    public async Task FileThatLeaves_StaysReadableForWhoHasIt()
    {
        await FillAsync(1);
        using var read = await _temp.Store.OpenAsync(TempStore.Key(0), CancellationToken.None);

        await FillAsync(25, from: 1);

        Assert.Null(await _temp.AnswerAsync(0));
        Assert.Equal(TempStore.Content(0, Length), await TempStore.ReadAsync(read!));
    }

    [Fact]
    public async Task UseInAnotherProcess_Counts()
    {
        var other = _temp.Open();
        await FillAsync(10);
        Assert.NotNull(await _temp.AnswerAsync(0, other));
        Assert.NotNull(await _temp.AnswerAsync(1, other));

        await FillAsync(13, from: 10);

        Assert.NotNull(await _temp.AnswerAsync(0));
        Assert.NotNull(await _temp.AnswerAsync(1));
        Assert.Null(await _temp.AnswerAsync(2));
    }

    [Fact]
    public async Task TwoProcessesFillOneFolder_TheCountBoundsThem()
    {
        var other = _temp.Open();
        await FillAsync(8);
        await FillAsync(16, from: 8, other);

        await _temp.Store.TidyAsync(isThorough: false);

        Assert.InRange(_temp.Files("contents").Count, 8, 10);
        await other.TidyAsync(isThorough: false);
        Assert.Equal(_temp.Store.Usage, other.Usage);
    }

    [Fact]
    public async Task WhatAnotherProcessRemoved_IsNotKeptOpen()
    {
        var other = _temp.Open();
        await FillAsync(1);
        Assert.NotNull(await _temp.AnswerAsync(0, other));
        Assert.Equal(1, OpenDeleted(0));

        await _temp.Store.DropAsync(TempStore.Sha(TempStore.Content(0, Length)));
        await other.TidyAsync(isThorough: false);

        Assert.Equal(0, OpenDeleted(0));
    }

    [Fact]
    public async Task FileLargerThanTheBound_IsNeverKept()
    {
        await FillAsync(2);

        Assert.False(await _temp.KeepAsync(9, TempStore.Content(9, 11 * Length)));

        Assert.NotNull(await _temp.AnswerAsync(0));
        Assert.Equal(2, _temp.Files("contents").Count);
    }

    [Theory]
    [InlineData(MinFree, true)]
    [InlineData(MinFree - Length, false)]
    [InlineData(0, false)]
    public async Task DiskRunsShortOfBytes_TheLeastRecentlyUsedGiveWay(long free, bool isEnough)
    {
        using var store = _temp.Open(new StoreOptions { Path = _temp.Path, MinFree = MinFree });
        await FillAsync(8, store: store);
        store.Disk.Room = () => new(Bytes: 1 << 30, free, Files: 0, FreeFiles: 0);

        await store.TidyAsync(isThorough: false);

        Assert.Equal(isEnough, _temp.Files("contents").Count == 8);
        Assert.Equal(isEnough, await _temp.AnswerAsync(0, store) is not null);
        Assert.InRange(_temp.Files("contents").Count, free == 0 ? 3 : 6, 8);
    }

    [Theory]
    [InlineData(100, 8)]
    [InlineData(97, 7)]
    [InlineData(0, 0)]
    public async Task DiskRunsShortOfInodes_TheLeastRecentlyUsedGiveWay(long free, int left)
    {
        using var store = _temp.Open(new StoreOptions { Path = _temp.Path, MinFreeFiles = 100 });
        await FillAsync(8, store: store);
        store.Disk.Room = () => new(Bytes: 1L << 40, 1L << 40, Files: 1_000_000, free);

        await store.TidyAsync(isThorough: false);

        Assert.Equal(left, _temp.Files("contents").Count);
    }

    [Fact]
    public async Task SmallDisk_IsNotReservedAsAWhole()
    {
        using var store = _temp.Open();
        store.Disk.Room = () => new(Bytes: 100 << 20, 99 << 20, Files: 1000, FreeFiles: 900);

        await FillAsync(3, store: store);

        Assert.Equal(3, _temp.Files("contents").Count);
    }

    [Fact]
    public void RoomOfADisk_IsWhatItIs()
    {
        var drive = new DriveInfo(_temp.Path);
        var room = NativeFile.Room(_temp.Path)!.Value;

        Assert.Equal(drive.TotalSize, room.Bytes);
        Assert.InRange(room.FreeBytes, drive.AvailableFreeSpace / 2, drive.TotalSize);
        Assert.InRange(room.FreeFiles, 0, room.Files);
        Assert.Null(NativeFile.Room(Path.Combine(_temp.Path, "not there")));
    }

    [Fact]
    public async Task AnotherProcessTidiesUp_ThisOneOnlyCounts()
    {
        await FillAsync(8);
        using var turn = _temp.Store.Disk.TryLock(new StoreFolders(_temp.Path).TidyLock);

        await FillAsync(16, from: 8);

        Assert.Equal(16, _temp.Files("contents").Count);
        turn!.Dispose();
        await _temp.Store.TidyAsync(isThorough: false);
        Assert.InRange(_temp.Files("contents").Count, 8, 10);
    }

    [Fact]
    public async Task ManyTinyFiles_AreBoundedInNumber()
    {
        using var store = _temp.Open(new StoreOptions { Path = _temp.Path, Entries = 100 });
        for (var n = 0; n < 110; n++)
        {
            await _temp.KeepAsync(n, BitConverter.GetBytes(n), store);
            _temp.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.InRange(_temp.Files("contents").Count, 90, 100);
        Assert.NotNull(await _temp.AnswerAsync(109, store));
        Assert.Null(await _temp.AnswerAsync(0, store));
    }

    [Fact]
    public async Task ManyUrlsOfOneContent_AreBoundedInNumber()
    {
        using var store = _temp.Open(new StoreOptions { Path = _temp.Path, Entries = 100, EntriesInMemory = 1 });
        for (var n = 0; n < 110; n++)
        {
            await _temp.KeepAsync(n, [1], store);
            _temp.Clock.Advance(TimeSpan.FromMinutes(2));
            Assert.NotNull(await _temp.AnswerAsync(0, store));
        }

        Assert.InRange(_temp.Files("urls").Count, 90, 100);
        Assert.NotNull(await _temp.AnswerAsync(0, store));
        Assert.NotNull(await _temp.AnswerAsync(109, store));
        Assert.Null(await _temp.AnswerAsync(1, store));
    }

    [Fact]
    public async Task WhatLeadsNowhere_IsSweptOnceItIsOldEnough()
    {
        await FillAsync(3);
        File.Delete(_temp.ContentPath(TempStore.Content(0, Length)));
        File.Delete(_temp.UrlPath(1));
        File.Delete(_temp.VerdictPath(TempStore.Content(2, Length)));
        await File.WriteAllTextAsync(Path.Combine(_temp.Path, "v1/temp/left"), "half a body");

        await _temp.Store.TidyAsync(isThorough: true);
        Assert.Equal((2, 2, 2), (_temp.Files("contents").Count, _temp.Files("verdicts").Count, _temp.Files("urls").Count));
        Assert.Empty(_temp.Files("temp"));

        _temp.Clock.Advance(TimeSpan.FromHours(2));
        await _temp.Store.TidyAsync(isThorough: true);
        await _temp.Store.TidyAsync(isThorough: true);
        Assert.Empty(_temp.Files());
    }

    [Fact]
    public async Task WhatIsBeingWritten_IsNotSwept()
    {
        var swept = 0;
        var other = _temp.Open();
        _temp.Store.Disk.After = step =>
        {
            if (step == "write")
            {
                other.TidyAsync(isThorough: true).GetAwaiter().GetResult();
                swept++;
            }
        };

        Assert.True(await _temp.KeepAsync(0, TempStore.Content(0, Length)));

        Assert.True(swept > 0);
        Assert.NotNull(await _temp.AnswerAsync(0));
    }

    private int OpenDeleted(int n)
    {
        var path = _temp.ContentPath(TempStore.Content(n, Length));
        return Directory.GetFiles("/proc/self/fd").Count(
            fd => new FileInfo(fd).LinkTarget?.StartsWith(path, StringComparison.Ordinal) == true);
    }

    private async Task FillAsync(int to, int from = 0, ContentStore? store = null)
    {
        for (var n = from; n < to; n++)
        {
            Assert.True(await _temp.KeepAsync(n, TempStore.Content(n, Length), store));
            _temp.Clock.Advance(TimeSpan.FromMinutes(2));
        }
    }
}
