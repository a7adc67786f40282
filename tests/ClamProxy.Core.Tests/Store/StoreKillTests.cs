using System.Diagnostics;
using ClamProxy.Core.Files;
using ClamProxy.Core.Store;

namespace ClamProxy.Core.Tests.Store;

/// <summary>
/// A kill between any two steps on disk: after each step the folder is copied as it is, and a fresh store on the copy must answer
/// right or not at all, and leave nothing behind once it has tidied up.
/// </summary>
public sealed class StoreKillTests : IDisposable
{
    private static readonly byte[][] s_contents = [.. Enumerable.Range(0, 4).Select(n => TempStore.Content(n, 200_000))];

    private readonly TempStore _temp = new(size: 3 * StoreUsage.Of(200_000));
    private readonly string _snapshots = Directory.CreateTempSubdirectory("clamproxy-test-").FullName;
    private readonly List<string> _taken = [];

    public void Dispose()
    {
        _temp.Dispose();
        Directory.Delete(_snapshots, recursive: true);
    }

    [Fact]
    public async Task KilledWhileALinkedFileIsKept_AnswersRightOrNotAtAll()
    {
        await WatchAsync(() => _temp.KeepAsync(0, s_contents[0]));

        await CheckAsync(url => url == 0 ? [null, s_contents[0]] : [null]);
    }

    [Fact]
    public async Task KilledWhileACopiedFileIsKept_AnswersRightOrNotAtAll()
    {
        using var body = NamelessFile.CreateAndUnname(_temp.Path, "x-");
        RandomAccess.Write(body, s_contents[0], 0);
        var verdict = TempStore.Clean(s_contents[0], _temp.Clock.GetUtcNow());

        await WatchAsync(
            async () => await _temp.Store.KeepAsync(TempStore.Key(0), TempStore.Head, verdict, body, 200_000, CancellationToken.None));

        await CheckAsync(url => url == 0 ? [null, s_contents[0]] : [null]);
    }

    [Fact]
    public async Task KilledWhileAUrlGetsNewContent_AnswersTheOldOrTheNew()
    {
        await _temp.KeepAsync(0, s_contents[0]);

        await WatchAsync(() => _temp.KeepAsync(0, s_contents[1]));

        await CheckAsync(url => url == 0 ? [s_contents[0], s_contents[1]] : [null]);
    }

    [Fact]
    public async Task KilledWhileAVerdictIsConfirmed_StillAnswers()
    {
        await _temp.KeepAsync(0, s_contents[0]);

        await WatchAsync(
            () =>
                _temp.Store.ConfirmAsync(
                    TempStore.Clean(s_contents[0], _temp.Clock.GetUtcNow().AddDays(1), 28000), CancellationToken.None).AsTask());

        await CheckAsync(url => url == 0 ? [s_contents[0]] : [null]);
    }

    [Fact]
    public async Task KilledAfterTheFirstStepOfADrop_NeverAnswersAgain()
    {
        await _temp.KeepAsync(0, s_contents[0]);
        await _temp.KeepAsync(1, s_contents[0]);
        await _temp.KeepAsync(2, s_contents[2]);

        await WatchAsync(() => _temp.Store.DropAsync(TempStore.Sha(s_contents[0])).AsTask());
        _taken.RemoveAt(0);

        await CheckAsync(url => url == 2 ? [s_contents[2]] : [null]);
    }

    [Fact]
    public async Task KilledWhileTheOldestLeave_AnswersRightOrNotAtAll()
    {
        for (var n = 0; n < 3; n++)
        {
            await _temp.KeepAsync(n, s_contents[n]);
            _temp.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        await WatchAsync(() => _temp.KeepAsync(3, s_contents[3]));

        Assert.Null(await _temp.AnswerAsync(0));
        Assert.Null(await _temp.AnswerAsync(1));
        Assert.Equal(s_contents[2], await _temp.AnswerAsync(2));
        Assert.Equal(s_contents[3], await _temp.AnswerAsync(3));

        // Which ones leave a copy depends on the order in which they are asked for below.
        await CheckAsync(url => [null, s_contents[url]]);
    }

    [Fact]
    public async Task KilledWhileItSweeps_TheOthersAnswer()
    {
        for (var n = 0; n < 3; n++)
        {
            await _temp.KeepAsync(n, s_contents[n]);
        }

        File.Delete(_temp.ContentPath(s_contents[0]));
        File.Delete(_temp.UrlPath(1));
        await File.WriteAllTextAsync(Path.Combine(_temp.Path, "v1/temp/left"), "half a body");
        _temp.Clock.Advance(TimeSpan.FromHours(2));

        await WatchAsync(() => _temp.Store.TidyAsync(isThorough: true));

        await CheckAsync(url => url == 2 ? [s_contents[2]] : [null]);
    }

    private async Task WatchAsync(Func<Task> work)
    {
        _temp.Store.Disk.After = step => Snapshot(step);
        Snapshot("before");
        await work();
        _temp.Store.Disk.After = null;
        Assert.True(_taken.Count > 2, "no step was seen");
    }

    private void Snapshot(string step)
    {
        var to = Path.Combine(_snapshots, $"{_taken.Count:000}-{step}");
        using var copy = Process.Start("cp", ["-a", _temp.Path, to]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
        _taken.Add(to);
    }

    private async Task CheckAsync(Func<int, byte[]?[]> allowed)
    {
        foreach (var folder in _taken)
        {
            using var store = _temp.Open(new StoreOptions { Path = folder, Size = _temp.Options.Size });
            await CheckAnswersAsync(store, folder, allowed);
            await store.TidyAsync(isThorough: true);
            await CheckAnswersAsync(store, folder, allowed);
            _temp.Clock.Advance(TimeSpan.FromHours(3));
            await store.TidyAsync(isThorough: true);
            await store.TidyAsync(isThorough: true);
            CheckNothingLeft(folder);
            _temp.Clock.Advance(TimeSpan.FromDays(2));
            await store.TidyAsync(isThorough: true);
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder, "v1/dropped"), "*", SearchOption.AllDirectories));
        }
    }

    private async Task CheckAnswersAsync(ContentStore store, string folder, Func<int, byte[]?[]> allowed)
    {
        for (var url = 0; url < 4; url++)
        {
            var answer = await _temp.AnswerAsync(url, store);
            Assert.True(
                allowed(url).Any(one => one is null ? answer is null : answer?.AsSpan().SequenceEqual(one) == true),
                $"{Path.GetFileName(folder)}: url {url} answers {(answer is null ? "nothing" : TempStore.Sha(answer))}");
        }
    }

    private static void CheckNothingLeft(string folder)
    {
        var names = new StoreFolders(folder);
        Assert.Empty(Directory.GetFiles(names.Temp));
        var contents = Names(names.Contents);
        Assert.Equal(contents, Names(names.Verdicts));
        var reached = Directory.EnumerateFiles(names.Urls, "*", SearchOption.AllDirectories)
            .Select(path => EntryFormat.Read(Path.GetFileName(path), File.ReadAllBytes(path))!.Sha256).Distinct().Order();
        Assert.Equal(contents, reached);
    }

    private static IEnumerable<string?> Names(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order();
}
